"""Prices that were fetched, kept in one SQLite file in the user's cache folder."""

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pandas as pd

from backtrader_walkforward.data.period import Span
from backtrader_walkforward.data.prices import COLUMNS, Prices, prices_frame
from backtrader_walkforward.system.sqlite_store import Store

TABLES = """
CREATE TABLE IF NOT EXISTS fetches (
    id INTEGER PRIMARY KEY, ticker TEXT, fetched TEXT, first TEXT, last TEXT, source TEXT, notes TEXT, sha256 TEXT);
CREATE TABLE IF NOT EXISTS bars (
    fetch INTEGER REFERENCES fetches, day TEXT, open REAL, high REAL, low REAL, close REAL, volume REAL,
    PRIMARY KEY (fetch, day)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Stored:
    """Prices with the day, in UTC, on which they were fetched."""

    prices: Prices
    fetched: date


class PriceCache(Store):
    """Fetched prices, each fetch whole: adjusted prices of two days do not mix, a dividend between them moves all.

    Parameters
    ----------
    folder : Path
        Made on the first `save`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "prices.sqlite", TABLES)

    def save(self, prices: Prices, span: Span, fetched: date) -> None:
        """Keep prices that were asked for `span`; forget older fetches of the ticker that lie within it."""
        self.transaction(lambda connection: _insert(connection, prices, span, fetched), create=True)

    def find(self, ticker: str, span: Span, fetched: date | None = None) -> Stored | None:
        """Return stored prices of `ticker`, or None.

        With `fetched`, those fetched that day for all of `span`. Without, the latest, where there are any among those
        that begin early enough.
        """
        return self.transaction(lambda connection: self._select(connection, ticker, span, fetched), create=False)

    def _select(self, connection: sqlite3.Connection, ticker: str, span: Span, fetched: date | None) -> Stored | None:
        row = _find_fetch(connection, ticker, span, fetched)
        if row is None:
            return None
        fetch, source, notes, day, checksum = row
        with suppress(ValueError, TypeError):  # what damaged cells give
            prices = _read(connection, ticker, fetch, source, notes)
            if checksum == _checksum(prices, day):
                return Stored(prices, date.fromisoformat(day))
        self.note(f"the prices of {ticker} in {self.path.name} were damaged: they are not used")
        return None


def _insert(connection: sqlite3.Connection, prices: Prices, span: Span, fetched: date) -> None:
    within = (prices.ticker, span.first.isoformat(), span.last.isoformat())
    older = "SELECT id FROM fetches WHERE ticker = ? AND first >= ? AND last <= ?"
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"DELETE FROM bars WHERE fetch IN ({older})", within)
    connection.execute(f"DELETE FROM fetches WHERE id IN ({older})", within)
    row = (*within, fetched.isoformat(), prices.source, json.dumps(prices.notes))
    insert = "INSERT INTO fetches (ticker, first, last, fetched, source, notes, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)"
    fetch = connection.execute(insert, (*row, _checksum(prices, fetched.isoformat()))).lastrowid
    days = pd.DatetimeIndex(prices.frame.index).strftime("%Y-%m-%d")
    bars = zip(days, *(prices.frame[column].tolist() for column in COLUMNS), strict=True)
    connection.executemany(f"INSERT INTO bars VALUES ({fetch}, ?, ?, ?, ?, ?, ?)", bars)


def _find_fetch(
    connection: sqlite3.Connection, ticker: str, span: Span, fetched: date | None
) -> tuple[int, str, str, str, str] | None:
    """Return id, source, notes, day and checksum of the fetch that fits best."""
    query = "SELECT id, source, notes, fetched, sha256 FROM fetches WHERE ticker = ? AND first <= ?"
    first, last = span.first.isoformat(), span.last.isoformat()
    if fetched:
        row = connection.execute(f"{query} AND last >= ? AND fetched = ?", (ticker, first, last, fetched.isoformat()))
    else:
        row = connection.execute(f"{query} ORDER BY first <= ? DESC, fetched DESC, id DESC", (ticker, last, first))
    return row.fetchone()


def _read(connection: sqlite3.Connection, ticker: str, fetch: int, source: str, notes: str) -> Prices:
    """Return the prices of a fetch.

    Raises
    ------
    ValueError, TypeError
        If a cell does not hold what was put into it.
    """
    bars = connection.execute(
        "SELECT day, open, high, low, close, volume FROM bars WHERE fetch = ? ORDER BY day", [fetch]
    )
    table = pd.DataFrame(bars.fetchall(), columns=["Date", *COLUMNS]).set_index("Date")
    table.index = pd.to_datetime(table.index, format="%Y-%m-%d")
    return Prices(prices_frame(table), ticker, source, tuple(json.loads(notes)))


def _checksum(prices: Prices, fetched: str) -> str:
    """Return the digest of all that a run would take from a fetch."""
    parts = [prices.ticker, prices.source, prices.notes, prices.sha256, fetched]
    return sha256(json.dumps(parts).encode()).hexdigest()
