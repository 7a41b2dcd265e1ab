import sqlite3
from pathlib import Path

import platformdirs
import pytest

from backtrader_walkforward.system.files import cache_folder
from backtrader_walkforward.system.sqlite_file import SqliteFile, quarantine_if_damaged

TABLES = "CREATE TABLE IF NOT EXISTS things (name TEXT);"


def test_the_folder_is_the_one_given_or_the_users(tmp_path: Path) -> None:
    assert cache_folder(tmp_path) == tmp_path
    assert cache_folder(None) == Path(platformdirs.user_cache_dir("backtrader-walkforward"))


def test_what_only_reads_makes_no_file(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "cache" / "things.sqlite", TABLES)
    assert file.select("SELECT 1") == []
    assert not file.path.parent.exists()
    assert file.transaction(lambda connection: connection.execute("SELECT 1").fetchone(), create=True) == (1,)
    assert file.notes == []


def test_a_file_that_another_process_has_just_replaced_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, connect = SqliteFile(tmp_path / "things.sqlite", TABLES), sqlite3.connect
    file.path.write_bytes(b"no database at all" * 100)

    def connect_and_be_overtaken(path: Path, **options: float) -> sqlite3.Connection:
        monkeypatch.setattr(sqlite3, "connect", connect)
        connection = connect(path, **options)
        other = SqliteFile(path, TABLES)
        other.transaction(lambda connection: connection.execute("INSERT INTO things VALUES ('kept')"), create=True)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_and_be_overtaken)
    assert file.select("SELECT name FROM things") == [("kept",)]
    assert file.notes == []


def test_the_same_trouble_is_noted_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = SqliteFile(tmp_path / "file" / "things.sqlite", TABLES)
    for _ in range(2):
        assert file.transaction(lambda connection: connection.execute("SELECT 1").fetchone(), create=True) is None
    (note,) = file.notes
    assert note == "things could not be stored or read in things.sqlite: File exists"


def test_a_folder_that_may_not_be_looked_into_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    file = SqliteFile(tmp_path / "things.sqlite", TABLES)
    assert file.select("SELECT 1") == []
    assert "Permission denied" in file.notes[0]


def test_every_damaged_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "things.sqlite"
    for content in (b"first", b"second", b"third"):
        path.write_bytes(content * 1000)
        assert "was damaged: it is now things.sqlite.damaged" in quarantine_if_damaged(path)
    kept = {file.name: file.read_bytes()[:5] for file in tmp_path.iterdir()}
    assert kept == {
        "things.sqlite.damaged": b"first",
        "things.sqlite.damaged-2": b"secon",
        "things.sqlite.damaged-3": b"third",
    }


def test_a_place_that_cannot_be_is_not_damaged(tmp_path: Path) -> None:
    assert quarantine_if_damaged(tmp_path / ("x" * 300)) == ""
