"""Backtrader's strategy without the work around each bar that nobody asked for."""

from functools import cached_property

import backtrader as bt


def listens(listener: bt.Strategy | bt.Analyzer, *hooks: str) -> bool:
    """Tell whether a strategy, an analyzer or one of its children does anything in one of the `hooks`."""
    base = bt.Strategy if isinstance(listener, bt.Strategy) else bt.Analyzer
    own = any(getattr(getattr(listener, hook), "__func__", None) is not getattr(base, hook) for hook in hooks)
    return own or any(listens(child, *hooks) for child in getattr(listener, "_children", ()))


class LeanStrategy(bt.Strategy):
    """Announces to those who listen, and keeps nothing that is never read.

    Every hook is called as often and in the same order as in `bt.Strategy`, except those that do nothing.
    """

    @cached_property
    def _all_analyzers(self) -> list[bt.Analyzer]:
        return [*self.analyzers, *self._slave_analyzers]

    @cached_property
    def _cash_is_asked_for(self) -> bool:
        return any(listens(one, "notify_cashvalue", "notify_fund") for one in (self, *self._all_analyzers))

    @cached_property
    def _told_of_orders(self) -> list[bt.Analyzer]:
        return [one for one in self._all_analyzers if listens(one, "notify_order")]

    @cached_property
    def _told_of_trades(self) -> list[bt.Analyzer]:
        return [one for one in self._all_analyzers if listens(one, "notify_trade")]

    def _notify(self, qorders=(), qtrades=()):
        """Announce orders and trades; cash and value, which Backtrader adds up at each bar, only if asked for."""
        if self._cash_is_asked_for or self.cerebro.p.quicknotify:
            super()._notify(qorders, qtrades)
            return
        for order in self._orderspending:
            if order.exectype != order.Historical or order.histnotify:
                self.notify_order(order)
            for analyzer in self._told_of_orders:
                analyzer._notify_order(order)
        for trade in self._tradespending:
            self.notify_trade(trade)
            for analyzer in self._told_of_trades:
                analyzer._notify_trade(trade)

    def getwriterinfo(self):
        """Collect what Backtrader's writers write, all analyses among it, only where there is a writer."""
        return super().getwriterinfo() if self.cerebro.runwriters else {}

    def clear(self):
        """Forget what was announced on this bar; Backtrader would keep every order until the end, and never look."""
        self._orderspending, self._tradespending = [], []
