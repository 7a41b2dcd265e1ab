"""Bases of analyzers that record: one record for each strategy, and its dates."""

from collections.abc import Sequence
from datetime import date
from typing import Self

import backtrader as bt
import numpy as np
import pandas as pd

EPOCH = date(1970, 1, 1).toordinal()


def dates_of(numbers: Sequence[float]) -> pd.DatetimeIndex:
    """Turn Backtrader's date numbers, days since the year 1, into an index of days named `date`."""
    days = np.floor(np.asarray(numbers, dtype=float)).astype("int64") - EPOCH
    return pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[us]"), name="date")


def accounts_of(strategy: bt.Strategy) -> dict[str, bt.BrokerBase]:
    """Return the accounts of a strategy by name, or its broker without a name where it has none."""
    accounts = getattr(strategy.broker, "accounts", None)
    return accounts if isinstance(accounts, dict) else {"": strategy.broker}


def cash_rate_of(strategy: bt.Strategy) -> float:
    """Return the yearly interest rate of the strategy's cash; 0 with a broker that pays none."""
    return max(getattr(account.p, "cash_rate", 0.0) for account in accounts_of(strategy).values())


class SharedAnalyzer(bt.Analyzer):
    """An analyzer that other analyzers read."""

    @classmethod
    def of(cls, strategy: bt.Strategy) -> Self:
        """Return the analyzer of this class that the strategy has already, else a new child of the one that asks."""
        found = [analyzer for analyzer in strategy.analyzers if type(analyzer) is cls]
        return found[0] if found else cls()


class Recorder(SharedAnalyzer):
    """Records each close, from the day on which the strategy begins."""

    def next(self):
        """Record one bar, once a sizing strategy has begun; any other begins on its first bar."""
        if getattr(self.strategy, "has_begun", True):
            self.record()

    def record(self):
        """Record one bar."""
        raise NotImplementedError
