"""The text of a CSV file: unpacked and decoded."""

import gzip
import io
import zlib
from pathlib import Path

from backtrader_walkforward.errors import DataError, one_line
from backtrader_walkforward.system.files import GZIP, UTF_16, read_regular

LARGEST_FILE = 50_000_000
"""Size in bytes, packed or not; a century of days takes 2,000,000."""

UNREADABLE = {
    FileNotFoundError: "there is no such file - check the name and the folder",
    IsADirectoryError: "this is a folder - name a file in it",
    PermissionError: "it may not be read - check its permissions",
}


def read_text(path: Path) -> tuple[bytes, str]:
    """Return the bytes of a file, and its text.

    Raises
    ------
    DataError
        If the file cannot be read, is no text, or is larger than any of daily prices.
    """
    name, content = one_line(path.name), _read_bytes(path)
    text = _decoded(_unpacked(content, name) if content.startswith(GZIP) else content, name)
    if "\0" in text:
        raise DataError(f"{name}: this is not a text file - save the table as CSV in UTF-8")
    if not text.strip():
        raise DataError(f"{name}: the file is empty - give it a line of column names and daily prices")
    return content, text


def _read_bytes(path: Path) -> bytes:
    try:
        return read_regular(path, LARGEST_FILE)
    except OSError as error:
        fault = UNREADABLE.get(type(error), f"{error.strerror} - name a file of one ticker's daily prices")
        raise DataError(f"--csv {path}: {fault}") from None


def _unpacked(content: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            unpacked = file.read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error):
        raise DataError(f"{name}: its gzip is damaged - fetch the file again, or unpack it") from None
    if len(unpacked) > LARGEST_FILE:
        raise DataError(f"{name}: unpacked it has more than {LARGEST_FILE:,} bytes - give it one ticker's daily prices")
    return unpacked


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{name}: this is not a text file in UTF-8 - save the table as CSV in UTF-8") from None
