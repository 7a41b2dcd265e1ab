from pathlib import Path

import platformdirs

from stores import Store, cache_folder

TABLES = "CREATE TABLE IF NOT EXISTS things (name TEXT);"


def test_the_folder_is_the_one_given_or_the_users(tmp_path: Path) -> None:
    assert cache_folder(tmp_path) == tmp_path
    assert cache_folder(None) == Path(platformdirs.user_cache_dir("walk-forward-lstm"))


def test_what_only_reads_makes_no_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache" / "things.sqlite", TABLES)
    assert store.work(lambda connection: connection.execute("SELECT 1").fetchone(), create=False) is None
    assert not store.path.parent.exists()
    assert store.work(lambda connection: connection.execute("SELECT 1").fetchone(), create=True) == (1,)
    assert store.notes == []


def test_the_same_trouble_is_noted_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "things.sqlite", TABLES)
    for _ in range(2):
        assert store.work(lambda connection: connection.execute("SELECT 1").fetchone(), create=True) is None
    (note,) = store.notes
    assert note.startswith("things could not be stored or read in things.sqlite: ")
