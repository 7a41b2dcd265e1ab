"""Files are whole or absent."""

import os
from pathlib import Path

import pytest

from backtrader_walkforward.system.files import locked, write_whole


def test_a_file_is_moved_in_with_its_folder_made(tmp_path):
    write_whole(tmp_path / "new" / "a.txt", "grün")
    assert (tmp_path / "new" / "a.txt").read_bytes() == "grün".encode()
    assert os.listdir(tmp_path / "new") == ["a.txt"]  # noqa: PTH208 - hidden files count


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_whole(path, b"old")

    def write_half(temporary, content):
        with temporary.open("wb") as file:
            file.write(content[:4])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new content")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]  # noqa: PTH208


def test_a_folder_has_one_holder_at_a_time(tmp_path):
    with locked(tmp_path) as first, locked(tmp_path, wait=False) as second:
        assert (first, second) == (True, False)
    with locked(tmp_path, wait=False) as third:
        assert third


def test_a_lock_stays_with_a_folder_that_is_moved(tmp_path):
    (tmp_path / "a").mkdir()
    with locked(tmp_path / "a"):
        (tmp_path / "a").rename(tmp_path / "b")
        with locked(tmp_path / "b", wait=False) as held:
            assert not held
