"""What a paper ledger holds when it is read."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from backtrader_walkforward.live.paper.account_tables import AccountTables


@dataclass(frozen=True)
class LedgerHeader:
    """What a ledger was opened with; every later session goes by it.

    Attributes
    ----------
    ticker, source : str
        What was traded, and where its prices came from.
    settings : dict
        Those that decide the results, as JSON values.
    strategies : tuple of str
        Names of the methods.
    """

    ticker: str
    source: str
    settings: dict[str, Any]
    strategies: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """All that a ledger holds.

    Attributes
    ----------
    opening : LedgerHeader
    books : AccountTables
    sessions : DataFrame
        By number: `day`, the last one known; `recorded`, the moment; `adjustment_factor`, as in `paper.restated`.
    evening_of : Series
        Number of the session that recorded each day of the market.
    """

    header: LedgerHeader
    tables: AccountTables
    sessions: pd.DataFrame
    evening_of: pd.Series

    @property
    def first_day(self) -> pd.Timestamp:
        """First bar of the history."""
        return self.tables.signals.index[0]

    @property
    def paper_day(self) -> pd.Timestamp:
        """First day that was traded: the last bar of the first session."""
        return self.sessions["day"].iloc[0]

    @property
    def last_day(self) -> pd.Timestamp:
        """Last day recorded."""
        return self.sessions["day"].iloc[-1]
