"""Positions that stops closed."""

from collections import Counter

import backtrader as bt

from backtrader_walkforward.trading.recorders import accounts_of

KINDS = ("stop_loss", "trailing_stop", "take_profit")


class Stopped(bt.Analyzer):
    """Counts the positions that a stop-loss, a trailing stop or a take-profit closed in the active account.

    Such an order names its kind as `order.info.exit`.
    """

    def start(self):
        """Start at none."""
        self._kinds: dict[int, str] = {}
        stops = getattr(accounts_of(self.strategy).get("active"), "stops", None)
        self._on = [kind for kind in KINDS if getattr(stops, kind, None) is not None]

    def notify_order(self, order):
        """Remember the kind of an order that fills, in however many parts."""
        kind = order.info.get("exit")
        if kind and order.status in (order.Partial, order.Completed):
            self._kinds[order.ref] = kind

    def get_analysis(self):
        """Return the count of each kind that is on; an empty dict where none is."""
        counts = Counter(self._kinds.values())
        return {kind: counts[kind] for kind in self._on}
