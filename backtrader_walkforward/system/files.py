"""The user's folders, locks on a folder, and files that are complete or absent."""

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import platformdirs

from backtrader_walkforward.errors import LIMITS, UserError

APPLICATION = "backtrader-walkforward"
"""Name of the user's folders."""

GZIP = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""First bytes of packed files, and of those in UTF-16."""


def cache_folder(cache_dir: Path | None) -> Path:
    """Return the folder of all caches: `cache_dir`, or the user's own."""
    return cache_dir or Path(platformdirs.user_cache_dir(APPLICATION))


def data_folder(cache_dir: Path | None) -> Path:
    """Return the folder of all ledgers: `cache_dir`, or the user's own."""
    return cache_dir or Path(platformdirs.user_data_dir(APPLICATION))


@contextmanager
def locked(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Lock a folder within the block; yield whether the lock is held. It ends with the process, too.

    It is not held if another process holds it and `wait` is false, or if the file system has no locks. The folder may
    be renamed meanwhile. Processes that do not ask for the lock are not kept out.
    """
    held, descriptor = True, os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held = False
        yield held
    finally:
        os.close(descriptor)


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file to read its bytes.

    A pipe without a writer would be waited for, and a device never ends.

    Raises
    ------
    OSError
        If it cannot be read, or is no regular file.
    """
    if not path.is_dir() and path.exists() and not path.is_file():
        raise OSError(errno.ENXIO, "it is a pipe or a device, not a regular file", str(path))
    return path.open("rb")


def read_regular(path: Path, most: int) -> bytes:
    """Return the content of a regular file.

    Raises
    ------
    OSError
        If it cannot be read, is no regular file, or has more than `most` bytes.
    """
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"the file has more than {most:,} bytes", str(path))
    return content


def write_whole(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Write text (UTF-8), bytes, or text in pieces to `path`, by way of a temporary file beside it.

    Readers of `path` see the old file or the new one, never a part of it, however the writer ends.
    """
    pieces: Iterable[str | bytes] = (content,) if isinstance(content, str | bytes) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(descriptor)
    temporary = Path(name)
    try:
        with temporary.open("wb") as file:
            file.writelines(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def writable(out: Path) -> Iterator[None]:
    """Turn an error of the system about a place that cannot be written into one line with a remedy."""
    try:
        yield
    except OSError as error:
        remedy = LIMITS.get(error.errno or 0, "choose another folder with --out DIR")
        raise UserError(f"cannot write {out}: {error.strerror} - {remedy}") from error
