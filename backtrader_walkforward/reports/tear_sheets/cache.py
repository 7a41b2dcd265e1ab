"""Tear sheets that have been drawn, filed under what they were drawn from."""

import hashlib
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from backtrader_walkforward.reports.tear_sheets.page import SheetTask
from backtrader_walkforward.system.files import write_whole

DRAWN_BY = ("quantstats", "matplotlib", "seaborn", "pandas", "numpy", "scipy")
"""The libraries whose versions a sheet depends on."""

KEEP_DAYS = 90
SECONDS_A_DAY = 86_400


class TearSheetCache:
    """A folder of pages, a file for each task; a task that differs in anything has another file.

    So has a page drawn by another version of a library, or of the code and the templates beside this file. Each file
    begins with the page's checksum: a damaged one counts as absent, and a folder that cannot be written keeps nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, task: SheetTask) -> str | None:
        """Return the page that was drawn for an equal task, None when there is none."""
        path = self._path(task)
        try:
            checksum, _, page = path.read_bytes().partition(b"\n")
            path.touch()
        except OSError:
            return None
        return page.decode() if checksum == checksum_of(page) else None

    def put(self, task: SheetTask, page: str) -> None:
        """Keep a page, if that is possible."""
        content = page.encode()
        with suppress(OSError):
            write_whole(self._path(task), checksum_of(content) + b"\n" + content)

    def prune(self, days: int = KEEP_DAYS) -> int:
        """Forget the pages not used for `days` and return their number."""
        oldest = time.time() - days * SECONDS_A_DAY
        old = [path for path in self.folder.glob("*.html") if path.stat().st_mtime < oldest]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, task: SheetTask) -> Path:
        return self.folder / f"{task_digest(task)}.html"


def checksum_of(page: bytes) -> bytes:
    """Return the SHA-256 of a page as text."""
    return hashlib.sha256(page).hexdigest().encode()


def task_digest(task: SheetTask) -> str:
    """Return the SHA-256 of a task and of all that draws it."""
    digest = hashlib.sha256(drawing_digest())
    for field in fields(task):
        for part in parts_of(getattr(task, field.name)):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def parts_of(value: object) -> Iterable[bytes]:
    """Return the bytes that make up one field of a task: days and values of a series, the text of anything else."""
    if isinstance(value, pd.Series):
        days = pd.DatetimeIndex(value.index).to_numpy("datetime64[ns]")
        return repr(value.name).encode(), days.tobytes(), value.to_numpy(np.float64).tobytes()
    return (repr(value).encode(),)


@cache
def drawing_digest() -> bytes:
    """Return the SHA-256 of the code in this package, its templates and the versions of the libraries."""
    here = Path(__file__).parent
    digest = hashlib.sha256(repr([(library, version(library)) for library in DRAWN_BY]).encode())
    for path in sorted((*here.glob("*.py"), *(here.parent / "templates").iterdir())):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()
