"""Fills: what a strategy bought and sold."""

from math import fsum

import numpy as np
import pandas as pd

from backtrader_walkforward.trading.recording_analyzer import SharedAnalyzer, dates_of

COLUMNS = ["date", "account", "size", "price", "commission"]


class Fills(SharedAnalyzer):
    """Records every fill with date, account, signed size, price and commission."""

    def start(self):
        """Start without fills."""
        self._fills = []

    def notify_order(self, order):
        """Record the executions since the last notification."""
        if order.status not in (order.Partial, order.Completed):
            return
        account = order.info.get("account", "")
        for fill in order.executed.iterpending():
            if fill is not None:
                commission = fill.closedcomm + fill.openedcomm
                self._fills.append((fill.dt, account, fill.size, fill.price, commission))

    @property
    def commission(self):
        """Commission of all fills so far, in money."""
        return fsum(fill[-1] for fill in self._fills)

    def get_analysis(self):
        """Return the fills as a DataFrame."""
        columns = zip(*self._fills, strict=True) if self._fills else [()] * len(COLUMNS)
        dates, accounts, *numbers = columns
        figures = zip(COLUMNS[2:], (np.array(column, dtype=float) for column in numbers), strict=True)
        return pd.DataFrame({"date": dates_of(dates), "account": pd.Series(accounts, dtype="str"), **dict(figures)})
