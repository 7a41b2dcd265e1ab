"""What was bought and sold, and what was refused."""

import backtrader as bt
import pandas as pd

COLUMNS = ["date", "account", "size", "price", "commission"]


class Fills(bt.Analyzer):
    """Records every fill: a row each with date, account, signed size, price and commission."""

    def start(self):
        """Start without fills."""
        self._fills = []

    def notify_order(self, order):
        """Record what this notification says was executed since the one before."""
        if order.status not in (order.Partial, order.Completed):
            return
        account = order.info.get("account", "")
        for fill in order.executed.iterpending():
            if fill is not None:
                commission = fill.closedcomm + fill.openedcomm
                self._fills.append([bt.num2date(fill.dt), account, fill.size, fill.price, commission])

    def get_analysis(self):
        """Return the fills as a DataFrame."""
        fills = pd.DataFrame(self._fills, columns=COLUMNS)
        fills["date"] = pd.to_datetime(fills["date"]).dt.normalize()
        return fills.astype({"size": float, "price": float, "commission": float})


class RejectedOrders(bt.Analyzer):
    """Counts the orders that the broker refused, for lack of cash or any other reason."""

    def start(self):
        """Start at none."""
        self._count = 0

    def notify_order(self, order):
        """Count a refusal."""
        self._count += order.status in (order.Margin, order.Rejected)

    def get_analysis(self):
        """Return `{"rejected_orders": count}`."""
        return {"rejected_orders": self._count}
