"""The content of a paper ledger. Prices and shares are in the units of the session that opened it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class AccountTables:
    """The tables of the accounts, by day, earliest first."""

    signals: pd.DataFrame
    """Bars and the lines of the feed: all that a strategy can see, with the history before the first day of trading."""
    positions: pd.DataFrame
    """Each account at each close: `day variant account shares equity`, and its target `weight`."""
    orders: pd.DataFrame
    """The orders for that weight: `day variant account shares`.

    The shares are computed at the close; the broker sizes an order again with the price of its fill.
    """
    fills: pd.DataFrame
    """`variant number day account size price commission`; numbered from 0 in the order in which they became known."""

    def after(self, earlier: "AccountTables") -> "AccountTables":
        """Return the rows that an earlier state of the same accounts does not have."""
        last, known = earlier.signals.index[-1], earlier.fills["variant"].value_counts()
        return AccountTables(
            signals=self.signals[self.signals.index > last],
            positions=self.positions[self.positions["day"] > last],
            orders=self.orders[self.orders["day"] > last],
            fills=self.fills[self.fills["number"] >= self.fills["variant"].map(known).fillna(0)],
        )


@dataclass(frozen=True)
class LedgerHeader:
    """The choices that a ledger was opened with; every later session keeps them."""

    ticker: str
    source: str
    """Origin of the prices."""
    settings: dict[str, Any]
    """Settings that decide the results, as JSON values."""
    strategies: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """The whole content of a ledger."""

    header: LedgerHeader
    tables: AccountTables
    sessions: pd.DataFrame
    """By number: the last `day` known, the time `recorded`, and `adjustment_factor` as in `AdjustedBars`."""
    session_of: pd.Series
    """Number of the session that recorded each day of the signals."""

    @property
    def first_day(self) -> pd.Timestamp:
        """First bar of the history."""
        return self.tables.signals.index[0]

    @property
    def paper_day(self) -> pd.Timestamp:
        """First day of trading: the last bar of the first session."""
        return self.sessions["day"].iloc[0]

    @property
    def last_day(self) -> pd.Timestamp:
        """Last day recorded."""
        return self.sessions["day"].iloc[-1]
