"""SQLite files that several runs share and that may be damaged, locked, read-only or absent; append-only tables."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import chain, count
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")

Columns = Mapping[str, Sequence[str]]
"""Columns of each table, as SQL defines them: `key TEXT PRIMARY KEY`."""

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""Error codes of a file whose pages or tables are not the expected ones."""

SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""Errors that SQLite raises; the second one where its message quotes damaged bytes."""

LOCK_SECONDS = 10.0
"""Seconds to wait while another process writes."""


class SqliteFile:
    """A SQLite file that never stops a run.

    Several processes may use one file. A damaged file is renamed and a new one takes its place. Every fault of the
    file or its folder becomes a line in `notes`, and the run goes on without the file. The notes name the content after
    the file: `prices.sqlite` holds prices. `tables` is SQL that makes the tables where they are missing; the folder is
    made, too.
    """

    def __init__(self, path: Path, tables: str) -> None:
        self.path = path
        self.content = path.stem.replace("_", " ")
        self.tables = tables
        self.notes: list[str] = []

    def transaction(self, task: Callable[[sqlite3.Connection], Result], *, create: bool) -> Result | None:
        """Run `task` in a transaction; run it again on a new file if the first one is damaged.

        Returns None if the file cannot be used, or if there is none and `create` is false.
        """
        for _ in range(2):
            opened = None
            try:
                opened = _identity(self.path)
                if not create and not opened:
                    return None
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(self.path, timeout=LOCK_SECONDS)) as connection, connection:
                    connection.executescript(self.tables)
                    return task(connection)
            except (*SQLITE_ERRORS, OSError) as error:
                if not is_damage(error):
                    reason = error.strerror if isinstance(error, OSError) else error  # no path: reports print notes
                    self.note(f"{self.content} could not be stored or read in {self.path.name}: {reason}")
                    return None
                if _identity(self.path) == opened:  # otherwise another process has already made a new file
                    self.note(quarantine(self.path))
        return None

    def select(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query; none if the file cannot be used or does not exist."""
        return self.transaction(lambda connection: connection.execute(query, values).fetchall(), create=False) or []

    def note(self, line: str) -> None:
        """Keep a line for the user, once."""
        if line not in self.notes:
            self.notes.append(line)


class Ledger(SqliteFile):
    """Append-only tables: rows are added, never changed or deleted; the first column of each is the primary key."""

    def __init__(self, path: Path, columns: Columns) -> None:
        super().__init__(path, "\n".join(append_only_tables(columns)))
        self.columns = columns

    def append(self, connection: sqlite3.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows to every table. A row whose primary key is there already is left out."""
        for table, columns in self.columns.items():
            names = [column.split()[0] for column in columns]
            values = ", ".join(f":{name}" for name in names)
            connection.executemany(f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({values})", rows)


def append_only_tables(columns: Columns) -> list[str]:
    """Return SQL statements that make the missing tables, with triggers that refuse to change or delete a row."""
    statements = []
    for table, names in columns.items():
        statements.append(f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(names)});")
        statements += [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, 'the rows of {table} stay'); END;"
            for verb in ("update", "delete")
        ]
    return statements


def is_damage(error: Exception) -> bool:
    """Return whether an error means that the file itself is damaged."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in DAMAGED or isinstance(error, UnicodeDecodeError)


def quarantine_if_damaged(path: Path) -> str:
    """Rename `path` if it is a damaged database; return a line about it, or an empty text."""
    try:
        return "" if not path.is_file() or _is_sound(path) else quarantine(path)
    except OSError:  # the folder cannot be read: the owner of the file reports it
        return ""


def quarantine(path: Path) -> str:
    """Rename a database to `NAME.damaged`, or `NAME.damaged-2` and so on; return a line about it."""
    numbers = chain([""], (f"-{number}" for number in count(2)))
    try:
        names = (path.with_name(f"{path.name}.damaged{number}") for number in numbers)
        renamed = next(name for name in names if not name.exists())
        path.replace(renamed)
        for suffix in ("-journal", "-wal", "-shm"):  # SQLite would replay them into the new file
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        return f"{path.name} is damaged and could not be set aside ({error.strerror})"
    return f"{path.name} was damaged: it is now {renamed.name}, and a new one takes its place"


def _identity(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_SECONDS)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except SQLITE_ERRORS as error:
        return not is_damage(error)
