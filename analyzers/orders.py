"""Orders that the broker refused, and exit orders that closed a position."""

from collections import Counter

import backtrader as bt

from backtrader_walkforward import Metric
from backtrader_walkforward.trading.recorders import accounts_of

EXITS = ("stop_loss", "trailing_stop", "take_profit")


class Orders(bt.Analyzer):
    """Counts the orders that were refused, and the positions that stops of the active account closed.

    An exit order names its kind as `order.info.exit`.
    """

    metrics = {"rejected_orders": Metric("count", position=12, in_ranking=False)}

    def start(self):
        """Start at none."""
        self._rejected = 0
        self._exits: dict[int, str] = {}
        stops = getattr(accounts_of(self.strategy).get("active"), "stops", None)
        self._on = [kind for kind in EXITS if getattr(stops, kind, None) is not None]

    def notify_order(self, order):
        """Count a refusal, and remember the kind of an exit order that fills, in however many parts."""
        if order.status in (order.Margin, order.Rejected):
            self._rejected += 1
        elif self._on and order.status in (order.Partial, order.Completed) and "exit" in order.info:
            self._exits[order.ref] = order.info.exit

    def get_analysis(self):
        """Return `rejected_orders`, and `stopped`: the count of each kind of exit order that is on."""
        counts = Counter(self._exits.values())
        return {"rejected_orders": self._rejected, "stopped": {kind: counts[kind] for kind in self._on}}
