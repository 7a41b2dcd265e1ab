"""Cache: bytes under keys, in a SQLite file of the user's cache folder. Any entry may be lost."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from backtrader_walkforward.system.files import cache_folder
from backtrader_walkforward.system.sqlite_file import SqliteFile

TABLES = """CREATE TABLE IF NOT EXISTS entries
    (key TEXT PRIMARY KEY, label TEXT, used TEXT, checksum BLOB, payload BLOB);"""
SIZE = "length(key) + length(checksum) + length(payload)"
CACHES = ("prices", "forecasts", "null_models", "tear_sheets", "studies")
"""Names of all caches."""

KEEP_DAYS = 90
KEEP_BYTES = 500_000_000
"""Largest size of one cache. 21 forecasts take 1 kB, the weights of a network 1.5 MB, a tear sheet 0.5 MB."""

KEEP_STUDIES = 5_000_000_000
"""Largest size of the cache of studies, which holds whole panels: one of ten years takes 1 MB a ticker."""


class Contents(NamedTuple):
    """The entries of one label: their number, their bytes and the last day on which one was used."""

    label: str
    entries: int
    bytes: int
    last_used: str


class Cache(SqliteFile):
    """Bytes under keys. An entry may be lost; a damaged one counts as absent.

    The cache `prices`, one of `CACHES`, is `prices.sqlite` in `cache_dir`, by default the user's own cache folder.
    """

    def __init__(self, name: str, cache_dir: Path | None = None) -> None:
        super().__init__(cache_folder(cache_dir) / f"{name}.sqlite", TABLES)
        self.largest = KEEP_STUDIES if name == "studies" else KEEP_BYTES
        self._limited = False

    def get(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of each key that has an entry, and mark these entries as used today."""
        keys = dict.fromkeys(keys)
        return self.transaction(lambda connection: self._read(connection, keys), create=False) or {}

    def put(self, key: str, payload: bytes, label: str, merge: Callable[[bytes], bytes] | None = None) -> None:
        """Store bytes under a key. The first call also limits the size of the file.

        An older entry is replaced, or handed to `merge`, whose result is stored. No other process writes meanwhile.
        """

        def insert(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            older = self._read(connection, [key]) if merge else {}
            whole = merge(older[key]) if merge and older else payload
            row = (key, label, _today().isoformat(), _checksum(key, whole), whole)
            connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", row)
            if not self._limited:
                _delete(connection, date.min, self.largest)
                self._limited = True

        self.transaction(insert, create=True)

    def keys(self, label: str) -> list[str]:
        """Return the keys of all entries of a label, in their order as text."""
        return [key for (key,) in self.select("SELECT key FROM entries WHERE label = ? ORDER BY key", [label])]

    def contents(self) -> list[Contents]:
        """Return what is stored, label by label."""
        query = f"SELECT label, count(*), sum({SIZE}), max(used) FROM entries GROUP BY label ORDER BY label"
        return [Contents(*row) for row in self.select(query)]

    def prune(self) -> int:
        """Delete entries not used for `KEEP_DAYS`, then the longest unused until the rest has room; count them."""
        oldest = _today() - timedelta(KEEP_DAYS)

        def delete(connection: sqlite3.Connection) -> int:
            deleted = _delete(connection, oldest, self.largest)
            connection.commit()
            connection.execute("VACUUM")
            return deleted

        return self.transaction(delete, create=False) or 0

    def _read(self, connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, bytes]:
        query = "SELECT CAST(checksum AS BLOB), CAST(payload AS BLOB) FROM entries WHERE key = ?"
        rows = [(key, *row) for key in keys for row in connection.execute(query, [key])]
        today = _today().isoformat()
        with suppress(sqlite3.OperationalError):  # a read-only file can be read all the same
            used = [(today, key, today) for key, *_ in rows]
            connection.executemany("UPDATE entries SET used = ? WHERE key = ? AND used < ?", used)
        sound = {key: payload for key, kept, payload in rows if payload is not None and kept == _checksum(key, payload)}
        if len(sound) < len(rows):
            self.note(f"{self.content} in {self.path.name} were damaged: they are not used")
        return sound


def _delete(connection: sqlite3.Connection, oldest: date, size: int) -> int:
    old = connection.execute("DELETE FROM entries WHERE used < ?", [oldest.isoformat()]).rowcount
    sizes = f"SELECT key, sum({SIZE}) OVER (ORDER BY used DESC, key) AS total FROM entries"
    many = connection.execute(f"DELETE FROM entries WHERE key IN (SELECT key FROM ({sizes}) WHERE total > ?)", [size])
    return old + many.rowcount


def _checksum(key: str, payload: bytes) -> bytes:
    """Return the checksum of an entry; bytes that lie under another's key do not have it."""
    return sha256(key.encode() + payload).digest()


def _today() -> date:
    return datetime.now(UTC).date()
