"""Files are whole or absent."""

import os

import pytest

from files import whole_file, write_whole


def test_a_file_is_moved_in_with_its_folder_made(tmp_path):
    write_whole(tmp_path / "new" / "a.txt", "grün")
    assert (tmp_path / "new" / "a.txt").read_bytes() == "grün".encode()
    assert os.listdir(tmp_path / "new") == ["a.txt"]  # noqa: PTH208 - hidden files count


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, b"old")

    def fail():
        with whole_file(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]  # noqa: PTH208
