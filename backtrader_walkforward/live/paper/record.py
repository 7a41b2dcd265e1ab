"""The content of a paper ledger. Shares are those of its first day, and prices those of such a share."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

KINDS_OF_CLOSES = "kinds_of_closes"
"""Key of the kinds of closes among the settings of a ledger."""


@dataclass(frozen=True)
class AccountTables:
    """The tables of the accounts, by day, earliest first."""

    signals: pd.DataFrame
    """Bars and the lines of the feed: all that a strategy can see, with the history before the first day of trading.

    Bars are prices as traded from the first day of trading on, and adjusted for what came until then before it.
    """
    positions: pd.DataFrame
    """Each account at each close: `day variant account shares equity`, and its target `weight`."""
    orders: pd.DataFrame
    """The orders for that weight: `day variant account shares`.

    The shares are computed at the close; the broker sizes an order again with the price of its fill.
    """
    fills: pd.DataFrame
    """`variant number day account size price commission`; numbered from 0 in the order in which they became known."""
    actions: pd.DataFrame
    """Dividends and splits since the first day of trading: `day kind value confirmed` (`corporate_actions`)."""

    def after(self, earlier: "AccountTables") -> "AccountTables":
        """Return the rows that an earlier state of the same accounts does not have."""
        last, known = earlier.signals.index[-1], earlier.fills["variant"].value_counts()
        return AccountTables(
            signals=self.signals[self.signals.index > last],
            positions=self.positions[self.positions["day"] > last],
            orders=self.orders[self.orders["day"] > last],
            fills=self.fills[self.fills["number"] >= self.fills["variant"].map(known).fillna(0)],
            actions=self.actions[self.actions["day"] > last],
        )

    def before(self, day: pd.Timestamp) -> "AccountTables":
        """Return the rows of the days before a day."""
        return AccountTables(
            self.signals[self.signals.index < day],
            *(table[table["day"] < day] for table in (self.positions, self.orders, self.fills, self.actions)),
        )


@dataclass(frozen=True)
class LedgerHeader:
    """The choices that a ledger was opened with; every later session keeps them.

    Only a kind of closes that was not known before is added to them.
    """

    ticker: str
    source: str
    """Origin of the prices."""
    settings: dict[str, Any]
    """Settings that decide the results, as JSON values."""
    strategies: tuple[str, ...]

    @property
    def kinds_of_closes(self) -> dict[str, str]:
        """Kind of the closes by each column of a file that names actions, as it was decided (`told_by_closes`)."""
        return dict(self.settings.get(KINDS_OF_CLOSES, {}))


@dataclass(frozen=True)
class Record:
    """The whole content of a ledger."""

    header: LedgerHeader
    tables: AccountTables
    sessions: pd.DataFrame
    """By number: its last `day`, the `first_day` recorded by it, the time `recorded`, and whether that was `late`."""
    session_of: pd.Series
    """Number of the session that recorded each day of the signals, last where it did so again."""

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

    @property
    def late(self) -> pd.Series:
        """Whether each day was recorded late: in a session of a later day, or after the next session had opened."""
        sessions, days = self.sessions.loc[self.session_of], self.session_of.index
        return pd.Series((sessions["day"].to_numpy() > days) | sessions["late"].astype(bool).to_numpy(), days)

    def before(self, day: pd.Timestamp) -> "Record":
        """Return the record of the days before a day; the sessions are all of them."""
        return replace(self, tables=self.tables.before(day), session_of=self.session_of[self.session_of.index < day])
