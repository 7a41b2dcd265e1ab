"""Stores: SQLite files in the user's cache folder that several runs share, and none of which may stop a run."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

import platformdirs

Result = TypeVar("Result")

APPLICATION = "walk-forward-lstm"

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""Codes for a file whose pages, or whose tables, are not those expected."""

UNFIT = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises; the second where its message quotes damaged bytes."""

LOCK_SECONDS = 10.0
"""How long to wait while another process writes."""


def cache_folder(cache_dir: Path | None) -> Path:
    """Return the folder of all stores: the one given, or the user's own."""
    return cache_dir or Path(platformdirs.user_cache_dir(APPLICATION))


def data_folder(cache_dir: Path | None) -> Path:
    """Return the folder of what cannot be made anew: `cache_dir` where one is given, or the user's own."""
    return cache_dir or Path(platformdirs.user_data_dir(APPLICATION))


class Store:
    """A SQLite file that may be damaged, locked, read-only or absent.

    Several processes may use one file. Whatever is wrong with it or its folder becomes a line in `notes`; the run goes
    on without it.

    Parameters
    ----------
    path : Path
        `prices.sqlite` holds prices, and so the notes call them. Made, with its folder, by the first work that may.
    tables : str
        SQL that makes the tables where they are missing.
    """

    def __init__(self, path: Path, tables: str) -> None:
        self.path = path
        self.tables = tables
        self.notes: list[str] = []

    def transaction(self, task: Callable[[sqlite3.Connection], Result], *, create: bool) -> Result | None:
        """Run `task` in a transaction, a second time on a new file if the first turns out damaged.

        Returns None where that cannot be done, or there is no file and none to `create`.
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
            except (*UNFIT, OSError) as error:
                if not is_damage(error):
                    reason = error.strerror if isinstance(error, OSError) else error  # no path: notes go into reports
                    self.note(f"{self.path.stem} could not be stored or read in {self.path.name}: {reason}")
                    return None
                if _identity(self.path) == opened:  # else another process was faster, and the file is a new one
                    self.note(quarantine(self.path))
        return None

    def note(self, line: str) -> None:
        """Keep a line for the user, once."""
        if line not in self.notes:
            self.notes.append(line)


def is_damage(error: Exception) -> bool:
    """Return whether an error means that the file itself is no use."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in DAMAGED or isinstance(error, UnicodeDecodeError)


def quarantine_if_damaged(path: Path) -> str:
    """Set `path` aside when it is a damaged database; return a line about it, or nothing."""
    try:
        return "" if not path.is_file() or _is_sound(path) else quarantine(path)
    except OSError:  # the folder cannot be looked into: whoever uses the file will say so
        return ""


def quarantine(path: Path) -> str:
    """Rename a database to `NAME.damaged`, or `NAME.damaged-2` and so on; return a line about it."""
    numbers = chain([""], (f"-{number}" for number in count(2)))
    try:
        asides = (path.with_name(f"{path.name}.damaged{number}") for number in numbers)
        aside = next(aside for aside in asides if not aside.exists())
        path.replace(aside)
        for suffix in ("-journal", "-wal", "-shm"):  # left behind, they would be replayed into the new file
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        return f"{path.name} is damaged and could not be set aside ({error.strerror})"
    return f"{path.name} was damaged: it is now {aside.name}, and a new one takes its place"


def _identity(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_SECONDS)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except UNFIT as error:
        return not is_damage(error)
