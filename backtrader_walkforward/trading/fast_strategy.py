"""Backtrader's strategy without the work on each bar whose result nobody reads."""

from functools import cached_property

import backtrader as bt

CASH_HOOKS = ("notify_cashvalue", "notify_fund", "_notify_cashvalue", "_notify_fund")
"""Methods of strategies and analyzers that receive cash and value, and the ones through which Backtrader calls them."""

NO_CASH = (None,)
"""Without `quicknotify`, Backtrader announces the orders it has collected; when it is given any, it leaves out cash."""


def asks_for_cash(listener: bt.Strategy | bt.Analyzer) -> bool:
    """Tell whether a strategy, an analyzer or one of its children is to receive cash and value at each bar."""
    base = bt.Strategy if isinstance(listener, bt.Strategy) else bt.Analyzer
    hooks = ((getattr(listener, hook, None), getattr(base, hook, None)) for hook in CASH_HOOKS)
    listens = any(getattr(own, "__func__", own) is not inherited for own, inherited in hooks)
    return listens or any(map(asks_for_cash, getattr(listener, "_children", ())))


class FastStrategy(bt.Strategy):
    """Computes cash and value only for listeners, and keeps no order after its announcement.

    Every hook that does anything is called as often and in the same order as in `bt.Strategy`. The listeners
    of cash and value are determined at the first bar.
    """

    @cached_property
    def _cash_is_asked_for(self) -> bool:  # observers may have analyzers of their own
        return bool(self.getobservers()) or any(map(asks_for_cash, (self, *self.analyzers)))

    def _notify(self, qorders=(), qtrades=()):
        """Announce orders and trades as Backtrader does; cash and value only where somebody listens.

        Backtrader has no public method around its announcements, which would be a fifth of the time of each bar.
        """
        if not (self._cash_is_asked_for or self.cerebro.p.quicknotify):
            qorders = NO_CASH
        super()._notify(qorders, qtrades)

    def getwriterinfo(self):
        """Collect the contents for Backtrader's writers, all analyses among them, only where there is a writer."""
        return super().getwriterinfo() if self.cerebro.runwriters else {}

    def clear(self):
        """Forget the announcements of this bar. Backtrader would keep every order until the end and never read it."""
        super().clear()
        self._orders.clear()
