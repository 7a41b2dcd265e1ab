"""The registry of trials: all that a user ever tested, kept so that later tests count it."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from backtrader_walkforward.significance.trials.earlier import (
    Earlier,
    StoredAccount,
    StoredMarket,
    is_same_market,
    select_earlier,
)
from backtrader_walkforward.significance.trials.rows import is_sound, market_returns, numbers_in, stored_days
from backtrader_walkforward.significance.trials.trial import Trial, trial_in
from backtrader_walkforward.system.files import data_folder
from backtrader_walkforward.system.sqlite_file import Ledger

TABLES = {
    "markets": ("market TEXT PRIMARY KEY", "days BLOB", "market_returns BLOB"),
    "accounts": ("account TEXT PRIMARY KEY", "market TEXT", "returns BLOB"),
    "choices": ("choice TEXT PRIMARY KEY", "settings TEXT"),
    "tests": (
        *("test TEXT PRIMARY KEY", "account TEXT", "choice TEXT", "recipe TEXT", "variant TEXT", "ticker TEXT"),
        *("source TEXT", "is_sample INTEGER", "is_practice INTEGER", "first_day TEXT", "last_day TEXT"),
        *("code TEXT", "recorded TEXT"),
    ),
}
"""Columns of each table: days as int32 since 1970, returns as float64. What several rows share is stored once."""

MOST_ACCOUNTS = 5_000
"""Most trials that a test counts, in the order of their keys, which is random: those of ten years take 30 MB."""

ON_THESE_DAYS = "is_sample = :is_sample AND first_day <= :last_day AND last_day >= :first_day"

OTHERS = f"""
    WITH chosen AS (
        SELECT account, min(variant) AS variant, min(ticker) AS ticker FROM tests
        WHERE NOT is_practice AND {ON_THESE_DAYS} AND account NOT IN (SELECT account FROM own)
        GROUP BY account ORDER BY account LIMIT :most)
    SELECT * FROM chosen JOIN accounts USING (account) JOIN markets USING (market) ORDER BY market, account"""

SAME_RECIPE = """
    SELECT * FROM tests JOIN accounts USING (account) JOIN markets USING (market)
    WHERE NOT is_practice AND is_sample = :is_sample AND recipe IN (SELECT recipe FROM own) AND last_day <> :last_day"""

COUNTS = f"""
    SELECT count(DISTINCT account) FILTER (WHERE NOT is_practice) AS others,
        count(DISTINCT account) FILTER (
            WHERE is_practice AND account NOT IN (SELECT account FROM tests WHERE NOT is_practice)) AS practice
    FROM tests WHERE {ON_THESE_DAYS} AND account NOT IN (SELECT account FROM own)"""

HISTORY = """
    SELECT * FROM tests JOIN accounts USING (account) JOIN markets USING (market) JOIN choices USING (choice)
    WHERE ticker = ? ORDER BY recorded, market, variant"""

OLDER = "SELECT count(*) FROM sqlite_master WHERE name = 'trials' AND NOT EXISTS (SELECT * FROM tests)"


class TrialRegistry(Ledger):
    """Every trial of a user: rows are added, never changed or deleted.

    Parameters
    ----------
    cache_dir : Path, optional
        Folder of the file; the user's own data folder by default.
    """

    def __init__(self, cache_dir: Path | None = None) -> None:
        super().__init__(data_folder(cache_dir) / "trials.sqlite", TABLES)

    def record(self, trials: Sequence[Trial]) -> None:
        """Add what is new; note once that trials of older versions do not count."""

        def add(connection: sqlite3.Connection) -> None:
            if connection.execute(OLDER).fetchone()[0]:
                self.note("trials of older versions are kept and do not count: they have no series of returns")
            self.append(connection, [trial.row for trial in trials])

        self.transaction(add, create=True)

    def earlier(self, own: Sequence[Trial], other_seeds: Sequence[Trial] = ()) -> Earlier | None:
        """Return what a test of `own` trials has to count; None if it is unknown.

        Those of `other_seeds` of the same run do not count: the run's own seed is named beforehand and
        judged whatever they give.
        """
        return self.transaction(partial(self._find, own, other_seeds), create=False) if own else Earlier()

    def tickers(self) -> list[str]:
        """Return the tickers that were tested, in order."""
        return [ticker for [ticker] in self.select("SELECT DISTINCT ticker FROM tests ORDER BY ticker")]

    def trials(self, ticker: str) -> list[Trial]:
        """Return the trials of a ticker, oldest first."""

        def read(connection: sqlite3.Connection) -> list[Trial]:
            connection.row_factory = sqlite3.Row
            return [trial_in(row) for row in self._sound(connection.execute(HISTORY, [ticker]))]

        return self.transaction(read, create=False) or []

    def _find(self, own: Sequence[Trial], other_seeds: Sequence[Trial], connection: sqlite3.Connection) -> Earlier:
        connection.row_factory = sqlite3.Row
        connection.execute("CREATE TEMP TABLE own (account TEXT, recipe TEXT)")
        rows = [trial.row for trial in own] + [trial.row | {"recipe": None} for trial in other_seeds]
        connection.executemany("INSERT INTO own VALUES (:account, :recipe)", rows)
        run, market = own[0].row, own[0].account.market
        looks = [
            stored_days(row)
            for row in self._sound(connection.execute(SAME_RECIPE, run))
            if is_same_market(market, market_returns(row), row["ticker"] == run["ticker"])
        ]
        stored = self._stored(connection.execute(OTHERS, run | {"most": MOST_ACCOUNTS}))
        accounts, looked = select_earlier([trial.account for trial in own], stored, looks)
        others, practice = connection.execute(COUNTS, run).fetchone()
        return Earlier(accounts=accounts, looks=looked, practice=practice, unread=max(0, others - MOST_ACCOUNTS))

    def _stored(self, rows: Iterable[sqlite3.Row]) -> Iterator[StoredMarket]:
        """Yield the accounts of rows by their markets; those of a market are rows one after the other."""
        for _, group in groupby(self._sound(rows), itemgetter("market")):
            members = list(group)
            accounts = [
                StoredAccount(name=f"{row['variant']} of {row['ticker']}", returns=numbers_in(row, "returns"))
                for row in members
            ]
            yield StoredMarket(returns=market_returns(members[0]), accounts=accounts)

    def _sound(self, rows: Iterable[sqlite3.Row]) -> Iterator[sqlite3.Row]:
        """Yield rows; note and leave out what is damaged."""
        for row in rows:
            if is_sound(row):
                yield row
            else:
                self.note("a damaged trial does not count")
