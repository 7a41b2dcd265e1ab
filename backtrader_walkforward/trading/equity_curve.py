"""Equity at each close."""

import backtrader as bt
import numpy as np
import pandas as pd

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.trading.recording_analyzer import Recorder, accounts_of, dates_of

DAILY = (
    "measures are those of daily bars, found {found}: make days of them, as by "
    "cerebro.resampledata(feed, timeframe=bt.TimeFrame.Days)"
)


def require_daily(data: bt.DataBase) -> None:
    """Raise ArgumentError if the bars of `data` are declared as longer or shorter than a day.

    Backtrader keeps the time frame of resampled data in attributes without a public name.
    """
    if data._timeframe != bt.TimeFrame.Days or data._compression != 1:
        several = f"{data._compression} " if data._compression > 1 else ""
        raise ArgumentError(DAILY.format(found=f"bars of {several}{bt.TimeFrame.Names[data._timeframe].lower()}"))


class EquityCurve(Recorder):
    """Records the strategy's equity at each close, and that of each sub-account where the broker has some.

    `get_analysis()` returns `equity` (Series) and `accounts` (DataFrame with a column for each account), in the
    currency of the prices.
    """

    def start(self):
        """Start with empty curves."""
        require_daily(self.data)
        accounts = accounts_of(self.strategy)
        self._names, self._accounts, self._clock = list(accounts), list(accounts.values()), self.data.datetime
        self._dates, self._values = [], []

    def record(self):
        """Record one close."""
        self._dates.append(self._clock[0])
        self._values.extend([account.getvalue() for account in self._accounts])

    def stop(self):
        """Drop what cannot be sent from one process to another, for `optstrategy`."""
        del self._accounts, self._clock

    def get_analysis(self):
        """Return `{"equity": Series, "accounts": DataFrame}`, indexed by date."""
        index, names = dates_of(self._dates), self._names
        if index.nunique() < len(set(self._dates)):  # a bar that another feed's day repeats is one bar
            raise ArgumentError(DAILY.format(found=f"two bars on {index[index.duplicated()][0]:%Y-%m-%d}"))
        values = np.array(self._values, dtype=float).reshape(-1, len(names))
        return {
            "equity": pd.Series(values.sum(axis=1), index, name="equity"),
            "accounts": pd.DataFrame(values, index, columns=names)[[name for name in names if name]],
        }
