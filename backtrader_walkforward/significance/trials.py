"""Trials: every distinct active account that was ever tested, kept so that later tests count it.

A trial is what came out: the daily returns of an account beside its market. Whatever leaves them as they are, such as
another name of a file, a comment in the code or another capital, makes no other trial; whatever changes them does.
"""

import ast
import inspect
import json
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance.active_accounts import rounded
from backtrader_walkforward.significance.earlier_trials import (
    Earlier,
    StoredAccount,
    StoredMarket,
    is_same_market,
    select_earlier,
)
from backtrader_walkforward.significance.result import ActiveAccount
from backtrader_walkforward.system.files import data_folder
from backtrader_walkforward.system.plugin_source import content_of
from backtrader_walkforward.system.source_files import source_files
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

TEST = ("account", "choice", "code", "variant", "ticker", "is_sample", "is_practice")
"""Columns that tell one test from another."""

DATA = ("end", "source")
"""Settings that the columns of a test tell of."""

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


@dataclass(frozen=True, kw_only=True)
class Trial:
    """An active account and what made it.

    `settings` are those that distinguish trials, as JSON values, `code` is the digest of the code of its plug-ins, and
    `recorded` is the time of the first recording. The same recipe with prices that end on another day is another look.
    """

    account: ActiveAccount
    settings: Mapping[str, Any]
    ticker: str
    source: str
    is_sample: bool
    is_practice: bool
    code: str
    recorded: str

    @cached_property
    def row(self) -> dict[str, Any]:
        """The columns of all tables."""
        returns, market_returns = (series.to_numpy("<f8") for series in (self.account.returns, self.account.market))
        index = pd.DatetimeIndex(self.account.returns.index)
        days = index.to_numpy().astype("datetime64[D]").astype("<i4")
        settings = {name: value for name, value in sorted(self.settings.items()) if name not in DATA}
        row = {
            "market": (market := digest(days, rounded(market_returns))),
            "days": days.tobytes(),
            "market_returns": market_returns.tobytes(),
            "account": digest(market, rounded(returns)),
            "returns": returns.tobytes(),
            "choice": digest(json.dumps(settings)),
            "settings": json.dumps(settings),
            "recipe": digest(json.dumps(settings | {"capital": None}), self.code, self.account.name),
            "variant": self.account.name,
            "ticker": self.ticker,
            "source": self.source,
            "is_sample": self.is_sample,
            "is_practice": self.is_practice,
            "first_day": str(index[0].date()),
            "last_day": str(index[-1].date()),
            "code": self.code,
            "recorded": self.recorded,
        }
        return row | {"test": digest(*(str(row[name]) for name in TEST))}


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
        looks = {
            row["account"]: days_of(row)
            for row in self._sound(connection.execute(SAME_RECIPE, run))
            if is_same_market(market, market_returns(row), row["ticker"] == run["ticker"])
        }
        stored = self._stored(connection.execute(OTHERS, run | {"most": MOST_ACCOUNTS}), looks)
        accounts, looked = select_earlier([trial.account for trial in own], stored, looks.values())
        others, practice = connection.execute(COUNTS, run).fetchone()
        return Earlier(accounts=accounts, looks=looked, practice=practice, unread=max(0, others - MOST_ACCOUNTS))

    def _stored(self, rows: Iterable[sqlite3.Row], looks: Container[str]) -> Iterator[StoredMarket]:
        """Yield the accounts of rows by their markets; those of a market are rows one after the other."""
        for _, group in groupby(self._sound(rows), itemgetter("market")):
            members = list(group)
            accounts = [
                StoredAccount(
                    name=f"{row['variant']} of {row['ticker']}",
                    returns=numbers_in(row, "returns"),
                    is_look=row["account"] in looks,
                )
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


def trials_of(
    accounts: Iterable[ActiveAccount], settings: Settings, prices: Prices, plugins: Mapping[str, Sequence[type]]
) -> list[Trial]:
    """Return the trials of a run with these active accounts, each made by `plugins`, by its name.

    An account that never traded is none.
    """
    now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    return [
        Trial(
            account=account,
            settings=settings.trial_settings(),
            ticker=settings.data.ticker,
            source=prices.origin,
            is_sample=prices.used_source == "sample",
            is_practice=settings.report.practice,
            code=code_digest(*plugins[account.name]),
            recorded=now,
        )
        for account in accounts
        if account.returns.any()
    ]


def code_digest(*plugins: type) -> str:
    """Return a digest of the source files of plug-ins and of all that they import, comments left out."""
    return digest(*map(code_of, map(content_of, source_files(*(Path(inspect.getfile(one)) for one in plugins)))))


@cache
def code_of(content: bytes) -> str:
    """Return the code of a source file without comments and layout."""
    return ast.dump(ast.parse(content))


def trial_in(row: sqlite3.Row) -> Trial:
    """Return the trial of a row."""
    market = market_returns(row)
    returns = pd.Series(numbers_in(row, "returns"), market.index)
    return Trial(
        account=ActiveAccount(name=row["variant"], returns=returns, market=market),
        settings=json.loads(row["settings"]),
        is_sample=bool(row["is_sample"]),
        is_practice=bool(row["is_practice"]),
        **{name: row[name] for name in ("ticker", "source", "code", "recorded")},
    )


def is_sound(row: sqlite3.Row) -> bool:
    """Return whether the series of a row, and its settings if they were read, are those that were stored."""
    try:
        days, market, returns = (numbers_in(row, name) for name in ("days", "market_returns", "returns"))
        settings_stay = "settings" not in row.keys() or digest(row["settings"]) == row["choice"]  # noqa: SIM118
    except (ValueError, TypeError, AttributeError):  # half a number, or none
        return False
    key = digest(days, rounded(market))
    return settings_stay and key == row["market"] and digest(key, rounded(returns)) == row["account"]


def numbers_in(row: sqlite3.Row, name: str) -> np.ndarray:
    """Return the numbers in a column of bytes."""
    return np.frombuffer(row[name], "<i4" if name == "days" else "<f8")


def days_of(row: sqlite3.Row) -> pd.DatetimeIndex:
    """Return the days of a row."""
    return pd.DatetimeIndex(numbers_in(row, "days").astype("datetime64[D]"), name="date").as_unit("us")


def market_returns(row: sqlite3.Row) -> pd.Series:
    """Return the returns of the market of a row."""
    return pd.Series(numbers_in(row, "market_returns"), days_of(row))


def digest(*parts: str | np.ndarray) -> str:
    """Return a digest of texts and arrays."""
    whole = sha256()
    for part in parts:
        whole.update(part.encode() + b"\0" if isinstance(part, str) else part.tobytes())
    return whole.hexdigest()[:32]
