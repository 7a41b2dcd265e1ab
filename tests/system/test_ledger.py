import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backtrader_walkforward.system.sqlite_file import Ledger

COLUMNS = {"things": ("key TEXT PRIMARY KEY", "size REAL"), "notes": ("key TEXT PRIMARY KEY", "note TEXT")}
ROW = {"key": "a", "size": 1.5, "note": "first"}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = Ledger(tmp_path / "things.sqlite", COLUMNS)
    ledger.transaction(lambda connection: ledger.append(connection, [ROW]), create=True)
    return ledger


def rows_of(ledger: Ledger, table: str) -> list[tuple[object, ...]]:
    return ledger.select(f"SELECT * FROM {table}")


def test_rows_are_added_once_and_stay(ledger: Ledger) -> None:
    again = [ROW | {"size": 9.0}, {"key": "b", "size": None, "note": "second"}]
    ledger.transaction(lambda connection: ledger.append(connection, again), create=True)
    assert rows_of(ledger, "things") == [("a", 1.5), ("b", None)]
    assert rows_of(ledger, "notes") == [("a", "first"), ("b", "second")]


@pytest.mark.parametrize("statement", ["DELETE FROM things", "UPDATE notes SET note = 'other'"])
def test_no_row_can_be_changed_or_deleted(ledger: Ledger, statement: str) -> None:
    with (
        closing(sqlite3.connect(ledger.path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=r"the rows of (?:things|notes) stay"),
    ):
        connection.execute(statement)


def test_a_transaction_that_fails_adds_nothing(ledger: Ledger) -> None:
    def add_half(connection: sqlite3.Connection) -> None:
        ledger.append(connection, [{"key": "b", "size": 2.0, "note": "second"}])
        raise sqlite3.OperationalError("interrupted")

    assert ledger.transaction(add_half, create=True) is None
    assert rows_of(ledger, "things") == [("a", 1.5)]
    assert ledger.notes == ["things could not be stored or read in things.sqlite: interrupted"]
