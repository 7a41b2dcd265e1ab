"""The folder of a run: filled out of sight, moved in when whole, swept away by the next run when its own was killed."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.system.files import locked, whole_file

STAGING = ".making-"
"""How the name of a folder begins that is not whole yet."""

STAGED_CHART = re.compile(r"\..+_[0-9]{8}_[0-9]{6}(_[0-9]+)?-[a-z0-9_]{8}\.png")
"""The name that `whole_file` gives a chart that is not whole yet."""


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
        raise UserError(f"cannot write {out}: {error.strerror} - choose another folder with --out DIR") from error


def check_writable(out: Path, folders: Sequence[str] = ("runs", "charts")) -> None:
    """Raise UserError unless folders can be made in `out`, or where it would be made; so early that no work is lost."""
    for place in (out / name for name in folders):
        with writable(out):
            existing = next(part for part in (place, *place.absolute().parents) if part.is_symlink() or part.exists())
        if not existing.is_dir():
            raise UserError(f"cannot write {out}: {existing} is not a folder - choose another folder with --out DIR")
        if not os.access(existing, os.W_OK | os.X_OK):
            raise UserError(f"cannot write {out}: no permission - choose another folder with --out DIR")


@contextmanager
def staging_folder(parent: Path, name: str) -> Iterator[Path]:
    """Yield a hidden folder in `parent`; whatever of it was not moved in is removed when the block ends.

    This process holds its lock as long, so one whose lock is free was left by a run that was killed: it is removed.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with locked(parent) as alone:  # else a folder just made could be taken for a dead one before it is locked
            if alone:
                remove_dead_folders(parent)
            folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{STAGING}{name}-"))
            stack.enter_context(locked(folder))
        try:
            folder.chmod(0o755)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_dead_folders(parent: Path) -> None:
    """Remove the unfinished folders that no process holds; needs the lock of `parent`."""
    for folder in parent.glob(f"{STAGING}*"):
        with suppress(OSError), locked(folder, wait=False) as dead:
            if dead:
                shutil.rmtree(folder)


def remove_dead_charts(parent: Path) -> None:
    """Remove the unfinished charts; needs the lock of `parent`, which whoever makes one holds."""
    for chart in parent.glob(".*.png"):
        if STAGED_CHART.fullmatch(chart.name):
            chart.unlink(missing_ok=True)


def publish(folder: Path, chart: bytes, out: Path, run: str, picture: str, timestamp: str) -> WrittenFiles:
    """Write the chart and move the folder in, under the first timestamp that neither has taken."""
    charts = out / "charts"
    charts.mkdir(parents=True, exist_ok=True)
    with locked(charts) as alone:
        if alone:
            remove_dead_charts(charts)
        for number in count(1):
            stamp = timestamp if number == 1 else f"{timestamp}_{number}"
            files = WrittenFiles(out / "runs" / f"{run}_{stamp}", charts / f"{picture}_{stamp}.png")
            if not files.run_folder.exists() and not files.chart.exists() and _move_in(folder, chart, files):
                return files
    raise AssertionError("count() never ends")


def _move_in(folder: Path, chart: bytes, files: WrittenFiles) -> bool:
    """Move the folder in, then the chart: killed between the two, a run is whole without a picture beside it.

    Returns whether it was done; it was not where another run has just taken the name.
    """
    try:
        with whole_file(files.chart) as temporary:
            temporary.write_bytes(chart)
            folder.rename(files.run_folder)
    except OSError:
        if not files.run_folder.exists():
            raise
        return False
    return True


def publish_alone(folder: Path, place: Path) -> Path:
    """Move a folder that has no chart to `place`, or where that is taken to `place_2` and so on; return where it is."""
    for number in count(1):
        free = place if number == 1 else place.with_name(f"{place.name}_{number}")
        try:
            folder.rename(free)
        except OSError:
            if not free.exists():
                raise
        else:
            return free
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
