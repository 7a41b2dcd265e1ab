"""SQLite files that may be damaged, locked, read-only or absent."""

import sqlite3
from contextlib import closing
from pathlib import Path

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""Codes for a file whose pages, or whose tables, are not those expected."""

LOCK_SECONDS = 10.0
"""How long to wait while another process writes."""


def is_damage(error: Exception) -> bool:
    """Return whether an error means that the file itself is no use."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in DAMAGED


def set_damaged_aside(path: Path) -> str:
    """Set `path` aside when it is a damaged database; return a line about it, or nothing."""
    if not path.is_file() or _is_sound(path):
        return ""
    return set_aside(path)


def set_aside(path: Path) -> str:
    """Rename a database to `NAME.damaged`; return a line about it."""
    aside = path.with_name(f"{path.name}.damaged")
    try:
        path.replace(aside)
        for suffix in ("-journal", "-wal", "-shm"):  # left behind, they would be replayed into the new file
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        return f"{path.name} is damaged and could not be set aside ({error.strerror})"
    return f"{path.name} was damaged: it is now {aside.name}, and a new one takes its place"


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_SECONDS)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error as error:
        return not is_damage(error)
