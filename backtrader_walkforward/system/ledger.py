"""Ledger: append-only tables in a SQLite file. Rows are added, never changed or deleted."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from backtrader_walkforward.system.sqlite_file import SqliteFile

Columns = Mapping[str, Sequence[str]]
"""Columns of each table, as SQL defines them: `key TEXT PRIMARY KEY`."""


class Ledger(SqliteFile):
    """Append-only tables. A damaged file is kept under another name, and a new one is begun.

    Parameters
    ----------
    path : Path
    columns : mapping of str to sequence of str
        Columns of each table. The first one is the primary key.
    """

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
