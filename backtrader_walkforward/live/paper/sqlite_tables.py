"""The tables of the paper ledger: how one session's books lie in SQLite, and come back to the bit."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import pandas as pd

from backtrader_walkforward.live.paper.account_tables import AccountTables
from backtrader_walkforward.live.paper.record import LedgerHeader, Record

COLUMNS = {
    "header": ("ticker", "source", "settings", "strategies"),
    "signals": ("day", "lines"),
    "positions": ("day", "variant", "account", "shares", "equity", "weight"),
    "orders": ("day", "variant", "account", "shares"),
    "fills": ("variant", "number", "day", "account", "size", "price", "commission"),
}
"""Columns of each table behind the number of the session that wrote the row."""

EVENINGS = "CREATE TABLE sessions (session INTEGER PRIMARY KEY, day UNIQUE, recorded, scale, digest);"
VIEW = "CREATE VIEW equity AS SELECT day, variant, sum(equity) AS equity FROM positions GROUP BY day, variant;"

Row = tuple[Any, ...]


def count_sessions(connection: sqlite3.Connection) -> int:
    """Return the number of sessions; 0 in an empty file, which is what a process leaves that was killed early."""
    empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return 0 if empty else int(connection.execute("SELECT count(*) FROM sessions").fetchone()[0])


def write_session(
    connection: sqlite3.Connection,
    number: int,
    header: LedgerHeader,
    new: AccountTables,
    adjustment_factor: float,
    recorded: str,
) -> None:
    """Insert the rows of one session; the first one makes the tables."""
    before = ""
    if number == 0:
        make_tables(connection)
        chosen = json.dumps(header.settings, sort_keys=True), json.dumps(header.strategies)
        _insert(connection, "header", number, [(header.ticker, header.source, *chosen)])
    else:
        [before] = connection.execute("SELECT digest FROM sessions WHERE session = ?", [number - 1]).fetchone()
    _insert(connection, "signals", number, zip(_iso(new.signals.index), _as_lines(new.signals), strict=True))
    for name in ("positions", "orders", "fills"):
        table = getattr(new, name)
        columns = [_iso(table[key]) if key == "day" else table[key].tolist() for key in COLUMNS[name]]
        _insert(connection, name, number, zip(*columns, strict=True))
    written = [_rows(connection, name, "WHERE session = ?", [number]) for name in COLUMNS]
    session = (number, _iso(new.signals.index)[-1], recorded, adjustment_factor)
    connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", (*session, _digest(before, session, *written)))


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables; triggers refuse to change or delete a row of them."""
    tables = [f"CREATE TABLE {name} (session, {', '.join(columns)});" for name, columns in COLUMNS.items()]
    stay = [
        f"CREATE TRIGGER {name}_{verb} BEFORE {verb} ON {name} BEGIN SELECT RAISE(ABORT, 'the ledger stays'); END;"
        for name in (*COLUMNS, "sessions")
        for verb in ("update", "delete")
    ]
    for statement in (*tables, EVENINGS, VIEW, *stay):  # executescript would end the transaction
        connection.execute(statement)


def read_record(connection: sqlite3.Connection) -> Record | None:
    """Return what the tables hold, None where there is no session.

    Raises
    ------
    ValueError
        If an session's rows are not those that were written.
    """
    connection.execute("BEGIN")  # one moment for all tables
    if not count_sessions(connection):
        return None
    rows = {name: _rows(connection, name) for name in COLUMNS}
    sessions = connection.execute("SELECT * FROM sessions ORDER BY session").fetchall()
    _check_digests(sessions, rows)
    frames = {name: _frame(rows[name], ("session", *columns)) for name, columns in COLUMNS.items()}
    _, ticker, source, settings, strategies = rows["header"][0]
    signals = frames["signals"].set_index("day")
    lines = pd.DataFrame(map(json.loads, signals["lines"]), signals.index.rename("Date"), dtype=float)
    return Record(
        LedgerHeader(ticker, source, json.loads(settings), tuple(json.loads(strategies))),
        AccountTables(lines, *(frames[name].drop(columns="session") for name in ("positions", "orders", "fills"))),
        _frame(sessions, ("session", "day", "recorded", "adjustment_factor", "digest")).set_index("session"),
        signals["session"],
    )


def _insert(connection: sqlite3.Connection, name: str, number: int, rows: Iterable[Row]) -> None:
    places = ", ".join("?" * (len(COLUMNS[name]) + 1))
    connection.executemany(f"INSERT INTO {name} VALUES ({places})", [(number, *row) for row in rows])


def _rows(connection: sqlite3.Connection, name: str, where: str = "", values: Sequence[Any] = ()) -> list[Row]:
    return connection.execute(f"SELECT * FROM {name} {where} ORDER BY rowid", values).fetchall()


def _iso(days: pd.Index | pd.Series) -> list[str]:
    return pd.DatetimeIndex(days).strftime("%Y-%m-%d").tolist()


def _as_lines(signals: pd.DataFrame) -> list[str]:
    """Return each row as JSON; `null` is NaN, and every other number comes back to the bit."""
    rows = signals.astype(object).where(signals.notna(), None)
    return [json.dumps(row) for row in rows.to_dict("records")]


def _frame(rows: list[Row], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame.from_records(rows, columns=list(columns))
    if "day" in frame:
        frame["day"] = pd.to_datetime(frame["day"], format="%Y-%m-%d").astype("datetime64[us]")
    return frame


def _digest(before: str, *rows: Any) -> str:
    """Return a digest of one session's rows and, with the digest before it, of all earlier ones."""
    return sha256(repr((before, *rows)).encode()).hexdigest()


def _check_digests(sessions: list[Row], rows: dict[str, list[Row]]) -> None:
    before = ""
    of_evening: dict[str, dict[int, list[Row]]] = {name: {} for name in rows}
    for name, table in rows.items():
        for row in table:
            of_evening[name].setdefault(row[0], []).append(row)
    for *session, digest in sessions:
        written = [of_evening[name].get(session[0], []) for name in rows]
        if digest != _digest(before, tuple(session), *written):
            raise ValueError(f"the rows of {session[1]} are not those that were written")
        before = digest
