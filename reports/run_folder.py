"""The folder of a run: filled out of sight, moved in when whole."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from errors import UserError
from files import write_whole


@dataclass(frozen=True)
class WrittenFiles:
    """Where a run's files are."""

    run_folder: Path
    chart: Path

    @property
    def index(self) -> Path:
        """The page to open first."""
        return self.run_folder / "index.html"


@contextmanager
def writable(out: Path) -> Iterator[None]:
    """Turn what the system says about a place that cannot be written into one line that says what to do."""
    try:
        yield
    except OSError as error:
        place = error.filename or out
        raise UserError(f"cannot write {place}: {error.strerror} - choose another folder with --out DIR") from error


def check_writable(out: Path) -> None:
    """Raise UserError unless folders can be made in `out`, or where it would be made; so early that no work is lost."""
    existing = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not existing.is_dir():
        raise UserError(f"cannot write {out}: {existing} is a file - choose another folder with --out DIR")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise UserError(f"cannot write {out}: no permission - choose another folder with --out DIR")


@contextmanager
def folder_in_the_making(parent: Path, name: str) -> Iterator[Path]:
    """Yield a hidden folder in `parent`; whatever of it was not moved in is removed when the block ends."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=f".{name}-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def moved_in(folder: Path, chart: bytes, out: Path, run: str, picture: str, timestamp: str) -> WrittenFiles:
    """Write the chart and move the folder in, under the first timestamp that neither has taken."""
    for attempt in count(1):
        stamp = timestamp if attempt == 1 else f"{timestamp}_{attempt}"
        files = WrittenFiles(out / "runs" / f"{run}_{stamp}", out / "charts" / f"{picture}_{stamp}.png")
        if files.run_folder.exists() or files.chart.exists():
            continue
        write_whole(files.chart, chart)
        try:
            folder.rename(files.run_folder)
            return files
        except OSError:
            files.chart.unlink()
            if not files.run_folder.exists():
                raise
    raise AssertionError("count() never ends")


def file_stems(names: list[str]) -> dict[str, str]:
    """Return a file name for each name: letters, digits and `._^=-`, different for different names."""
    stems: dict[str, str] = {}
    for name in names:
        stem = safe_stem(name)
        taken = {value.lower() for value in stems.values()}
        variants = (stem if i == 1 else f"{stem}_{i}" for i in count(1))
        stems[name] = next(variant for variant in variants if variant.lower() not in taken)
    return stems


def safe_stem(name: str) -> str:
    """Return `name` as a file name that needs no quoting and stays in its folder.

    >>> safe_stem("kelly_hybrid_70_30"), safe_stem("../<b>")
    ('kelly_hybrid_70_30', '_b_')
    """
    return re.sub(r"[^A-Za-z0-9_.^=-]+", "_", name).lstrip(".")[:100] or "_"
