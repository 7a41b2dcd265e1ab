"""The tables of the paper ledger in SQLite: write one session, read all of them to the bit.

Each session has a digest of its rows and of the digest before, so that a changed row is found.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import pandas as pd

from backtrader_walkforward.live.paper.record import AccountTables, LedgerHeader, Record
from backtrader_walkforward.system.ledger import append_only_tables

TABLES = {
    "header": ("session", "ticker", "source", "settings", "strategies"),
    "signals": ("session", "day", "lines"),
    "positions": ("session", "day", "variant", "account", "shares", "equity", "weight"),
    "orders": ("session", "day", "variant", "account", "shares"),
    "fills": ("session", "variant", "number", "day", "account", "size", "price", "commission"),
    "sessions": ("session INTEGER PRIMARY KEY", "day UNIQUE", "recorded", "adjustment_factor", "digest"),
}
"""Columns of each table, as SQL defines them. `session` is the number of the session that wrote the row."""

COLUMNS = {table: [column.split()[0] for column in columns] for table, columns in TABLES.items()}
WITH_DIGEST = [table for table in TABLES if table != "sessions"]
VIEW = "CREATE VIEW equity AS SELECT day, variant, sum(equity) AS equity FROM positions GROUP BY day, variant;"

Row = tuple[Any, ...]


class OldVersionError(ValueError):
    """A ledger whose tables are those of version 0.1.0."""


def count_sessions(connection: sqlite3.Connection) -> int:
    """Return the number of sessions; 0 in an empty file, which a process leaves that is killed early."""
    tables, old = connection.execute("SELECT count(*), total(name = 'opening') FROM sqlite_master").fetchone()
    if old:
        raise OldVersionError
    return int(connection.execute("SELECT count(*) FROM sessions").fetchone()[0]) if tables else 0


def write_session(
    connection: sqlite3.Connection,
    number: int,
    header: LedgerHeader,
    new: AccountTables,
    adjustment_factor: float,
    recorded: str,
) -> None:
    """Insert the rows of one session; the first one makes the tables."""
    before, days = "", _iso(new.signals.index)
    if number == 0:
        for statement in (*append_only_tables(TABLES), VIEW):  # executescript would end the transaction
            connection.execute(statement)
        chosen = json.dumps(header.settings, sort_keys=True), json.dumps(header.strategies)
        _insert(connection, "header", [(number, header.ticker, header.source, *chosen)])
    else:
        [before] = connection.execute("SELECT digest FROM sessions WHERE session = ?", [number - 1]).fetchone()
    _insert(connection, "signals", [(number, *row) for row in zip(days, _as_json(new.signals), strict=True)])
    for name in ("positions", "orders", "fills"):
        table = getattr(new, name).assign(session=number)
        columns = [_iso(table[key]) if key == "day" else table[key].tolist() for key in COLUMNS[name]]
        _insert(connection, name, zip(*columns, strict=True))
    written = [_rows(connection, name, "WHERE session = ?", [number]) for name in WITH_DIGEST]
    session = (number, days[-1], recorded, adjustment_factor)
    _insert(connection, "sessions", [(*session, _digest(before, session, *written))])


def read_record(connection: sqlite3.Connection) -> Record | None:
    """Return the content of the tables, None before the first session.

    Raises
    ------
    ValueError
        If the rows of a session were changed, or the ledger is of version 0.1.0.
    """
    connection.execute("BEGIN")  # all tables as they are at one moment
    if not count_sessions(connection):
        return None
    rows = {name: _rows(connection, name) for name in TABLES}
    _require_digests(rows)
    frames = {name: pd.DataFrame.from_records(rows[name], columns=columns) for name, columns in COLUMNS.items()}
    for frame in frames.values():
        if "day" in frame:
            frame["day"] = pd.to_datetime(frame["day"], format="%Y-%m-%d").astype("datetime64[us]")
    _, ticker, source, settings, strategies = rows["header"][0]
    signals = frames["signals"].set_index("day")
    lines = pd.DataFrame(map(json.loads, signals["lines"]), signals.index.rename("Date"), dtype=float)
    return Record(
        LedgerHeader(ticker, source, json.loads(settings), tuple(json.loads(strategies))),
        AccountTables(lines, *(frames[name].drop(columns="session") for name in ("positions", "orders", "fills"))),
        frames["sessions"].set_index("session"),
        signals["session"],
    )


def _insert(connection: sqlite3.Connection, name: str, rows: Iterable[Row]) -> None:
    connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(COLUMNS[name]))})", rows)


def _rows(connection: sqlite3.Connection, name: str, where: str = "", values: Sequence[Any] = ()) -> list[Row]:
    return connection.execute(f"SELECT * FROM {name} {where} ORDER BY rowid", values).fetchall()


def _iso(days: pd.Index | pd.Series) -> list[str]:
    return pd.DatetimeIndex(days).strftime("%Y-%m-%d").tolist()


def _as_json(signals: pd.DataFrame) -> list[str]:
    """Return each row as JSON; `null` is NaN, and every other number is read back to the bit."""
    rows = signals.astype(object).where(signals.notna(), None)
    return [json.dumps(row) for row in rows.to_dict("records")]


def _digest(before: str, *rows: Any) -> str:
    """Return the digest of the rows of a session and of the digest before, which stands for all earlier rows."""
    return sha256(repr((before, *rows)).encode()).hexdigest()


def _require_digests(rows: dict[str, list[Row]]) -> None:
    """Raise ValueError unless every session has the digest of its rows, which begin with its number."""
    written: dict[str, dict[int, list[Row]]] = {name: defaultdict(list) for name in WITH_DIGEST}
    for name, of_session in written.items():
        for row in rows[name]:
            of_session[row[0]].append(row)
    before = ""
    for *session, digest in rows["sessions"]:
        if digest != _digest(before, tuple(session), *(of_session[session[0]] for of_session in written.values())):
            raise ValueError(f"the rows of {session[1]} were changed")
        before = digest
