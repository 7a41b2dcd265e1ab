"""The paper ledger of one ticker, in an append-only SQLite file.

A session may record days again from its `first_day` on: their earlier rows stay, and no longer count.

Each session has a digest of its rows and of the digest before, so that a changed row is found.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.live.paper.record import AccountTables, LedgerHeader, Record
from backtrader_walkforward.system.sqlite_file import LOCK_SECONDS, append_only_tables, is_damage

TABLES = {
    "header": ("session", "ticker", "source", "settings", "strategies"),
    "signals": ("session", "day", "lines"),
    "positions": ("session", "day", "variant", "account", "shares", "equity", "weight"),
    "orders": ("session", "day", "variant", "account", "shares"),
    "fills": ("session", "variant", "number", "day", "account", "size", "price", "commission"),
    "actions": ("session", "day", "kind", "value", "confirmed"),
    "sessions": ("session INTEGER PRIMARY KEY", "day", "first_day", "recorded", "late", "digest"),
}
"""Columns of each table, as SQL defines them. `session` is the number of the session that wrote the row."""

COLUMNS = {table: [column.split()[0] for column in columns] for table, columns in TABLES.items()}
WITH_DIGEST = [table for table in TABLES if table != "sessions"]
OF_ACCOUNTS = ("positions", "orders", "fills", "actions")
VIEW = """
CREATE VIEW equity AS
SELECT p.day, p.variant, sum(p.equity) AS equity, max(s.late OR s.day > p.day) AS late
FROM positions AS p JOIN sessions AS s USING (session)
WHERE NOT EXISTS (SELECT 1 FROM sessions AS later WHERE later.session > p.session AND later.first_day <= p.day)
GROUP BY p.day, p.variant;
"""

Row = tuple[Any, ...]


class LedgerError(UserError):
    """A ledger that cannot be read or written, or that does not match the settings or the prices."""


class PaperLedger:
    """The recorded sessions of one ticker, in `paper/TICKER.sqlite` of the folder of the user's data.

    A session is written in one transaction or not at all, however the process ends. No row is ever changed or deleted.
    A damaged file is refused and not changed, because its content cannot be computed again.
    """

    def __init__(self, folder: Path, ticker: str) -> None:
        self.path = folder / "paper" / f"{ticker}.sqlite"

    def read(self) -> Record | None:
        """Return the whole content, None before the first session.

        Raises
        ------
        LedgerError
            If the file cannot be read, is of an earlier version, is damaged, or was changed by another program.
        """
        if not self.path.exists():
            return None
        with self._connection() as connection:
            connection.execute("BEGIN")  # all tables as they are at one moment
            if not self._count_sessions(connection):
                return None
            return _record_of({name: _rows(connection, name) for name in TABLES})

    def append(self, header: LedgerHeader, new: AccountTables, *, late: bool, recorded: str, after: int) -> bool:
        """Write a session, and the header where it is new; the first session makes the tables, too.

        Returns False, and writes nothing, unless the ledger has `after` sessions: another process was faster.
        """
        before, days = "", _iso(new.signals.index)
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if self._count_sessions(connection) != after:
                return False
            if after == 0:
                for statement in (*append_only_tables(TABLES), VIEW):  # executescript would end the transaction
                    connection.execute(statement)
            else:
                [before] = connection.execute("SELECT digest FROM sessions WHERE session = ?", [after - 1]).fetchone()
            latest = [row[1:] for row in _rows(connection, "header")[-1:]]
            _insert(connection, "header", [(after, *row) for row in [_header_row(header)] if row not in latest])
            _insert(connection, "signals", [(after, *row) for row in zip(days, _as_json(new.signals), strict=True)])
            for name in OF_ACCOUNTS:
                table = getattr(new, name).assign(session=after)
                columns = [_iso(table[key]) if key == "day" else table[key].tolist() for key in COLUMNS[name]]
                _insert(connection, name, zip(*columns, strict=True))
            written = [_rows(connection, name, "WHERE session = ?", [after]) for name in WITH_DIGEST]
            session = (after, days[-1], days[0], recorded, int(late))
            _insert(connection, "sessions", [(*session, _digest(before, session, *written))])
            connection.commit()
            return True

    def _count_sessions(self, connection: sqlite3.Connection) -> int:
        """Return the number of sessions; 0 in an empty file, which a process leaves that is killed early."""
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if tables & {"opening", "header"} and "actions" not in tables:  # of 0.1.0, or with dividends in its prices
            raise LedgerError(
                f"the ledger {self.path} is of an earlier version and cannot be continued - move the file away to keep"
                " it, and start a new ledger"
            )
        return int(connection.execute("SELECT count(*) FROM sessions").fetchone()[0]) if tables else 0

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection. It is closed with the block, and what was not committed is dropped."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=LOCK_SECONDS)) as connection:
                yield connection
        except OSError as error:
            raise LedgerError(f"the ledger {self.path} cannot be opened: {error.strerror}") from error
        except (sqlite3.Error, ValueError) as error:  # a ValueError means rows that were changed
            raise LedgerError(f"the ledger {self.path} {_fault_of(error)}") from error


def _fault_of(error: Exception) -> str:
    """Return the fault of a ledger, and the remedy."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "is in use by another run - try again when that has ended"
    if isinstance(error, sqlite3.Error) and not is_damage(error):
        return f"cannot be read or written: {error}"
    return f"is damaged and was not changed: {error} - restore a copy, or move the file away to start another ledger"


def _insert(connection: sqlite3.Connection, name: str, rows: Iterable[Row]) -> None:
    connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(COLUMNS[name]))})", rows)


def _header_row(header: LedgerHeader) -> Row:
    settings, strategies = json.dumps(header.settings, sort_keys=True), json.dumps(header.strategies)
    return (header.ticker, header.source, settings, strategies)


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


def _record_of(rows: dict[str, list[Row]]) -> Record:
    """Return the content of the tables; of days that were recorded again the latest rows."""
    _require_digests(rows)
    frames = {name: pd.DataFrame.from_records(rows[name], columns=columns) for name, columns in COLUMNS.items()}
    for frame in frames.values():
        for column in frame.columns.intersection(["first_day", "day"]):
            frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d").astype("datetime64[us]")
    sessions = frames.pop("sessions").set_index("session")
    again = sessions["first_day"][::-1].cummin()[::-1].shift(-1, fill_value=pd.Timestamp(date.max))
    for name in ("signals", *OF_ACCOUNTS):
        counts = frames[name]["day"] < frames[name]["session"].map(again)
        frames[name] = frames[name][counts].reset_index(drop=True)
    frames["actions"] = frames["actions"].astype({"value": float, "confirmed": bool})
    _, ticker, source, settings, strategies = rows["header"][-1]
    signals = frames["signals"].set_index("day")
    lines = pd.DataFrame(map(json.loads, signals["lines"]), signals.index.rename("Date"), dtype=float)
    return Record(
        LedgerHeader(ticker, source, json.loads(settings), tuple(json.loads(strategies))),
        AccountTables(lines, *(frames[name].drop(columns="session") for name in OF_ACCOUNTS)),
        sessions,
        signals["session"],
    )


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
