"""Equity at each close."""

import backtrader as bt
import pandas as pd


def dates_of(numbers: list[float]) -> pd.DatetimeIndex:
    """Turn Backtrader's date numbers into an index named `date`."""
    return pd.DatetimeIndex([bt.num2date(number) for number in numbers], name="date").normalize()


class EquityCurve(bt.Analyzer):
    """Records the strategy's equity at each close, and that of each sub-account where the broker has some.

    `get_analysis()` returns `equity` (Series), `returns` comes from `measures.daily_returns`, and `accounts`
    (DataFrame, a column an account, in the currency of the prices).
    """

    def start(self):
        """Start with empty curves."""
        self._dates, self._equity, self._accounts = [], [], []

    def next(self):
        """Record one close."""
        broker = self.strategy.broker
        self._dates.append(self.data.datetime[0])
        self._equity.append(broker.getvalue())
        self._accounts.append([account.getvalue() for account in getattr(broker, "accounts", {}).values()])

    def get_analysis(self):
        """Return `{"equity": Series, "accounts": DataFrame}`, indexed by date."""
        index = dates_of(self._dates)
        names = list(getattr(self.strategy.broker, "accounts", {}))
        return {
            "equity": pd.Series(self._equity, index, dtype=float, name="equity"),
            "accounts": pd.DataFrame(self._accounts, index, columns=names, dtype=float),
        }
