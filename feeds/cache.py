"""Prices that were fetched, kept in one SQLite file in the user's cache folder."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from feeds.period import Span
from feeds.prices import COLUMNS, Prices, prices_frame
from stores import Store

TABLES = """
CREATE TABLE IF NOT EXISTS fetches (
    id INTEGER PRIMARY KEY, ticker TEXT, fetched TEXT, first TEXT, last TEXT, source TEXT, notes TEXT);
CREATE TABLE IF NOT EXISTS bars (
    fetch INTEGER REFERENCES fetches, day TEXT, open REAL, high REAL, low REAL, close REAL, volume REAL,
    PRIMARY KEY (fetch, day)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Stored:
    """Prices with the day, in UTC, on which they were fetched."""

    prices: Prices
    fetched: date


class PriceStore(Store):
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
        self.work(lambda connection: _insert(connection, prices, span, fetched), create=True)

    def find(self, ticker: str, span: Span, fetched: date | None = None) -> Stored | None:
        """Return stored prices of `ticker`, or None.

        With `fetched`, those fetched that day for all of `span`. Without, the latest, where there are any among those
        that begin early enough.
        """
        return self.work(lambda connection: _select(connection, ticker, span, fetched), create=False)


def _insert(connection: sqlite3.Connection, prices: Prices, span: Span, fetched: date) -> None:
    within = (prices.ticker, span.first.isoformat(), span.last.isoformat())
    older = "SELECT id FROM fetches WHERE ticker = ? AND first >= ? AND last <= ?"
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"DELETE FROM bars WHERE fetch IN ({older})", within)
    connection.execute(f"DELETE FROM fetches WHERE id IN ({older})", within)
    row = (prices.ticker, fetched.isoformat(), *within[1:], prices.source, json.dumps(prices.notes))
    insert = "INSERT INTO fetches (ticker, fetched, first, last, source, notes) VALUES (?, ?, ?, ?, ?, ?)"
    fetch = connection.execute(insert, row).lastrowid
    days = pd.DatetimeIndex(prices.frame.index).strftime("%Y-%m-%d")
    bars = zip(days, *(prices.frame[column].tolist() for column in COLUMNS), strict=True)
    connection.executemany(f"INSERT INTO bars VALUES ({fetch}, ?, ?, ?, ?, ?, ?)", bars)


def _select(connection: sqlite3.Connection, ticker: str, span: Span, fetched: date | None) -> Stored | None:
    query = "SELECT id, fetched, source, notes FROM fetches WHERE ticker = ? AND first <= ?"
    first, last = span.first.isoformat(), span.last.isoformat()
    if fetched:
        row = connection.execute(f"{query} AND last >= ? AND fetched = ?", (ticker, first, last, fetched.isoformat()))
    else:
        row = connection.execute(f"{query} ORDER BY first <= ? DESC, fetched DESC, id DESC", (ticker, last, first))
    found = row.fetchone()
    if found is None:
        return None
    fetch, day, source, notes = found
    bars = connection.execute(
        "SELECT day, open, high, low, close, volume FROM bars WHERE fetch = ? ORDER BY day", [fetch]
    )
    table = pd.DataFrame(bars.fetchall(), columns=["Date", *COLUMNS]).set_index("Date")
    table.index = pd.to_datetime(table.index, format="%Y-%m-%d")
    return Stored(Prices(prices_frame(table), ticker, source, tuple(json.loads(notes))), date.fromisoformat(day))
