"""Backtrader's strategy without the work around each bar that nobody asked for."""

from functools import cached_property

import backtrader as bt

CASH_HOOKS = ("notify_cashvalue", "notify_fund", "_notify_cashvalue", "_notify_fund")
"""Those of strategies and analyzers, and what Backtrader calls in an analyzer, which hands it to the hooks."""


def asks_for_cash(listener: bt.Strategy | bt.Analyzer) -> bool:
    """Tell whether a strategy, an analyzer or one of its children is to be told cash and value at each bar."""
    base = bt.Strategy if isinstance(listener, bt.Strategy) else bt.Analyzer
    hooks = ((getattr(listener, hook, None), getattr(base, hook, None)) for hook in CASH_HOOKS)
    listens = any(getattr(own, "__func__", own) is not inherited for own, inherited in hooks)
    return listens or any(map(asks_for_cash, getattr(listener, "_children", ())))


class FastStrategy(bt.Strategy):
    """Adds up cash and value for those who ask for them, and keeps nothing that is never read.

    Every hook that does anything is called as often and in the same order as in `bt.Strategy`. Who is to be told cash
    and value is settled at the first bar: a listener that comes later is told if there was one by then.
    """

    @cached_property
    def _cash_is_asked_for(self) -> bool:
        return any(map(asks_for_cash, (self, *self.analyzers, *self._slave_analyzers)))

    def _notify(self, qorders=(), qtrades=()):
        """Announce orders and trades as Backtrader does; cash and value, at each bar, only where somebody listens."""
        if self._cash_is_asked_for or self.cerebro.p.quicknotify:
            super()._notify(qorders, qtrades)
        elif self._orderspending or self._tradespending:
            super()._notify(qorders=self._orderspending)  # given orders, Backtrader leaves out the cash

    def getwriterinfo(self):
        """Collect what Backtrader's writers write, all analyses among it, only where there is a writer."""
        return super().getwriterinfo() if self.cerebro.runwriters else {}

    def clear(self):
        """Forget what was announced on this bar; Backtrader would keep every order until the end, and never look."""
        self._orderspending, self._tradespending = [], []
