"""The tables of the paper ledger: how one evening's books lie in SQLite, and come back to the bit."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import pandas as pd

from backtrader_walkforward.live.paper.account_tables import Books
from backtrader_walkforward.live.paper.record import Opening, Record

COLUMNS = {
    "opening": ("ticker", "source", "settings", "strategies"),
    "market": ("day", "lines"),
    "positions": ("day", "variant", "account", "shares", "equity", "weight"),
    "orders": ("day", "variant", "account", "shares"),
    "fills": ("variant", "number", "day", "account", "size", "price", "commission"),
}
"""Columns of each table behind the number of the evening that wrote the row."""

EVENINGS = "CREATE TABLE evenings (evening INTEGER PRIMARY KEY, day UNIQUE, recorded, scale, digest);"
VIEW = "CREATE VIEW equity AS SELECT day, variant, sum(equity) AS equity FROM positions GROUP BY day, variant;"

Row = tuple[Any, ...]


def count_evenings(connection: sqlite3.Connection) -> int:
    """Return the number of evenings; 0 in an empty file, which is what a process leaves that was killed early."""
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return 0 if empty else int(connection.execute("SELECT count(*) FROM evenings").fetchone()[0])


def write_evening(
    connection: sqlite3.Connection, number: int, opening: Opening, new: Books, scale: float, recorded: str
) -> None:
    """Insert the rows of one evening; the first one makes the tables."""
    before = ""
    if number == 0:
        make_tables(connection)
        chosen = json.dumps(opening.settings, sort_keys=True), json.dumps(opening.strategies)
        _insert(connection, "opening", number, [(opening.ticker, opening.source, *chosen)])
    else:
        [before] = connection.execute("SELECT digest FROM evenings WHERE evening = ?", [number - 1]).fetchone()
    _insert(connection, "market", number, zip(_iso(new.market.index), _as_lines(new.market), strict=True))
    for name in ("positions", "orders", "fills"):
        table = getattr(new, name)
        columns = [_iso(table[key]) if key == "day" else table[key].tolist() for key in COLUMNS[name]]
        _insert(connection, name, number, zip(*columns, strict=True))
    written = [_rows(connection, name, "WHERE evening = ?", [number]) for name in COLUMNS]
    evening = (number, _iso(new.market.index)[-1], recorded, scale)
    connection.execute("INSERT INTO evenings VALUES (?, ?, ?, ?, ?)", (*evening, _digest(before, evening, *written)))


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables; triggers refuse to change or delete a row of them."""
    tables = [f"CREATE TABLE {name} (evening, {', '.join(columns)});" for name, columns in COLUMNS.items()]
    stay = [
        f"CREATE TRIGGER {name}_{verb} BEFORE {verb} ON {name} BEGIN SELECT RAISE(ABORT, 'the ledger stays'); END;"
        for name in (*COLUMNS, "evenings")
        for verb in ("update", "delete")
    ]
    for statement in (*tables, EVENINGS, VIEW, *stay):  # executescript would end the transaction
        connection.execute(statement)


def read_record(connection: sqlite3.Connection) -> Record | None:
    """Return what the tables hold, None where there is no evening.

    Raises
    ------
    ValueError
        If an evening's rows are not those that were written.
    """
    connection.execute("BEGIN")  # one moment for all tables
    if not count_evenings(connection):
        return None
    rows = {name: _rows(connection, name) for name in COLUMNS}
    evenings = connection.execute("SELECT * FROM evenings ORDER BY evening").fetchall()
    _check_digests(evenings, rows)
    frames = {name: _frame(rows[name], ("evening", *columns)) for name, columns in COLUMNS.items()}
    _, ticker, source, settings, strategies = rows["opening"][0]
    market = frames["market"].set_index("day")
    lines = pd.DataFrame(map(json.loads, market["lines"]), market.index.rename("Date"), dtype=float)
    return Record(
        Opening(ticker, source, json.loads(settings), tuple(json.loads(strategies))),
        Books(lines, *(frames[name].drop(columns="evening") for name in ("positions", "orders", "fills"))),
        _frame(evenings, ("evening", "day", "recorded", "scale", "digest")).set_index("evening"),
        market["evening"],
    )


def _insert(connection: sqlite3.Connection, name: str, number: int, rows: Iterable[Row]) -> None:
    places = ", ".join("?" * (len(COLUMNS[name]) + 1))
    connection.executemany(f"INSERT INTO {name} VALUES ({places})", [(number, *row) for row in rows])


def _rows(connection: sqlite3.Connection, name: str, where: str = "", values: Sequence[Any] = ()) -> list[Row]:
    return connection.execute(f"SELECT * FROM {name} {where} ORDER BY rowid", values).fetchall()


def _iso(days: pd.Index | pd.Series) -> list[str]:
    return pd.DatetimeIndex(days).strftime("%Y-%m-%d").tolist()


def _as_lines(market: pd.DataFrame) -> list[str]:
    """Return each row as JSON; `null` is NaN, and every other number comes back to the bit."""
    rows = market.astype(object).where(market.notna(), None)
    return [json.dumps(row) for row in rows.to_dict("records")]


def _frame(rows: list[Row], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame.from_records(rows, columns=list(columns))
    if "day" in frame:
        frame["day"] = pd.to_datetime(frame["day"], format="%Y-%m-%d").astype("datetime64[us]")
    return frame


def _digest(before: str, *rows: Any) -> str:
    """Return a digest of one evening's rows and, with the digest before it, of all earlier ones."""
    return sha256(repr((before, *rows)).encode()).hexdigest()


def _check_digests(evenings: list[Row], rows: dict[str, list[Row]]) -> None:
    before = ""
    of_evening: dict[str, dict[int, list[Row]]] = {name: {} for name in rows}
    for name, table in rows.items():
        for row in table:
            of_evening[name].setdefault(row[0], []).append(row)
    for *evening, digest in evenings:
        written = [of_evening[name].get(evening[0], []) for name in rows]
        if digest != _digest(before, tuple(evening), *written):
            raise ValueError(f"the rows of {evening[1]} are not those that were written")
        before = digest
