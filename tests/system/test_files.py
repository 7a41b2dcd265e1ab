"""Files are whole or absent."""

import errno
import os
from pathlib import Path

import pytest

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.system.files import locked, writable, write_whole


def test_a_file_is_moved_in_with_its_folder_made(tmp_path):
    write_whole(tmp_path / "new" / "a.txt", "grün")
    assert (tmp_path / "new" / "a.txt").read_bytes() == "grün".encode()
    assert os.listdir(tmp_path / "new") == ["a.txt"]  # noqa: PTH208 - hidden files count


def test_text_in_pieces_becomes_one_file(tmp_path):
    write_whole(tmp_path / "a.txt", (piece for piece in ("gr", "ün")))
    assert (tmp_path / "a.txt").read_text() == "grün"


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, b"old")

    def half():
        yield "new "
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, half())
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


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (
            errno.EMFILE,
            "cannot write o: Too many open files - allow more open files (ulimit -n), or use fewer --workers",
        ),
        (errno.ENOSPC, "cannot write o: No space left on device - choose another folder with --out DIR"),
    ],
)
def test_another_folder_is_advised_only_where_it_helps(number, says):
    with pytest.raises(UserError) as refused, writable(Path("o")):
        raise OSError(number, os.strerror(number))
    assert str(refused.value) == says
