"""The tables of the paper ledger in SQLite: write one session, read all of them to the bit."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from backtrader_walkforward.live.paper.ledger.account_tables import AccountTables
from backtrader_walkforward.live.paper.ledger.digests import Row, digest_of, require_digests
from backtrader_walkforward.live.paper.ledger.record import LedgerHeader, Record
from backtrader_walkforward.system.ledger import append_only_tables

COLUMNS = {
    "header": ("ticker", "source", "settings", "strategies"),
    "signals": ("day", "lines"),
    "positions": ("day", "variant", "account", "shares", "equity", "weight"),
    "orders": ("day", "variant", "account", "shares"),
    "fills": ("variant", "number", "day", "account", "size", "price", "commission"),
}
"""Columns of each table, after the number of the session that wrote the row."""

SESSIONS = ("session", "day", "recorded", "adjustment_factor", "digest")
TABLES = {name: ("session", *columns) for name, columns in COLUMNS.items()}
TABLES["sessions"] = ("session INTEGER PRIMARY KEY", "day UNIQUE", *SESSIONS[2:])
VIEW = "CREATE VIEW equity AS SELECT day, variant, sum(equity) AS equity FROM positions GROUP BY day, variant;"


def count_sessions(connection: sqlite3.Connection) -> int:
    """Return the number of sessions; 0 in an empty file, which a process leaves that is killed early."""
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
        for statement in (*append_only_tables(TABLES), VIEW):  # executescript would end the transaction
            connection.execute(statement)
        chosen = json.dumps(header.settings, sort_keys=True), json.dumps(header.strategies)
        _insert(connection, "header", number, [(header.ticker, header.source, *chosen)])
    else:
        [before] = connection.execute("SELECT digest FROM sessions WHERE session = ?", [number - 1]).fetchone()
    _insert(connection, "signals", number, zip(_iso(new.signals.index), _as_json(new.signals), strict=True))
    for name in ("positions", "orders", "fills"):
        table = getattr(new, name)
        columns = [_iso(table[key]) if key == "day" else table[key].tolist() for key in COLUMNS[name]]
        _insert(connection, name, number, zip(*columns, strict=True))
    written = [_rows(connection, name, "WHERE session = ?", [number]) for name in COLUMNS]
    session = (number, _iso(new.signals.index)[-1], recorded, adjustment_factor)
    connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", (*session, digest_of(before, session, *written)))


def read_record(connection: sqlite3.Connection) -> Record | None:
    """Return the content of the tables, None before the first session.

    Raises
    ------
    ValueError
        If the rows of a session were changed.
    """
    connection.execute("BEGIN")  # all tables as they are at one moment
    if not count_sessions(connection):
        return None
    rows = {name: _rows(connection, name) for name in COLUMNS}
    sessions = connection.execute("SELECT * FROM sessions ORDER BY session").fetchall()
    require_digests(sessions, list(rows.values()))
    frames = {name: _frame(rows[name], ("session", *columns)) for name, columns in COLUMNS.items()}
    _, ticker, source, settings, strategies = rows["header"][0]
    signals = frames["signals"].set_index("day")
    lines = pd.DataFrame(map(json.loads, signals["lines"]), signals.index.rename("Date"), dtype=float)
    return Record(
        LedgerHeader(ticker, source, json.loads(settings), tuple(json.loads(strategies))),
        AccountTables(lines, *(frames[name].drop(columns="session") for name in ("positions", "orders", "fills"))),
        _frame(sessions, SESSIONS).set_index("session"),
        signals["session"],
    )


def _insert(connection: sqlite3.Connection, name: str, number: int, rows: Iterable[Row]) -> None:
    values = ", ".join("?" * (len(COLUMNS[name]) + 1))
    connection.executemany(f"INSERT INTO {name} VALUES ({values})", [(number, *row) for row in rows])


def _rows(connection: sqlite3.Connection, name: str, where: str = "", values: Sequence[Any] = ()) -> list[Row]:
    return connection.execute(f"SELECT * FROM {name} {where} ORDER BY rowid", values).fetchall()


def _iso(days: pd.Index | pd.Series) -> list[str]:
    return pd.DatetimeIndex(days).strftime("%Y-%m-%d").tolist()


def _as_json(signals: pd.DataFrame) -> list[str]:
    """Return each row as JSON; `null` is NaN, and every other number is read back to the bit."""
    rows = signals.astype(object).where(signals.notna(), None)
    return [json.dumps(row) for row in rows.to_dict("records")]


def _frame(rows: list[Row], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame.from_records(rows, columns=list(columns))
    if "day" in frame:
        frame["day"] = pd.to_datetime(frame["day"], format="%Y-%m-%d").astype("datetime64[us]")
    return frame
