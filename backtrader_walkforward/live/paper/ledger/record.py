"""The content of a paper ledger."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from backtrader_walkforward.live.paper.ledger.account_tables import AccountTables


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
