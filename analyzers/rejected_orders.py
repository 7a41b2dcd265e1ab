"""Orders that the broker refused."""

import backtrader as bt

from backtrader_walkforward import Metric


class RejectedOrders(bt.Analyzer):
    """Counts the orders that the broker refused, for lack of cash or any other reason."""

    metrics = {"rejected_orders": Metric("count", position=12, in_ranking=False)}

    def start(self):
        """Start at none."""
        self._count = 0

    def notify_order(self, order):
        """Count a refusal."""
        self._count += order.status in (order.Margin, order.Rejected)

    def get_analysis(self):
        """Return the count."""
        return {"rejected_orders": self._count}
