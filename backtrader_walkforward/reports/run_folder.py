"""The folder of a run: filled under a hidden name and moved to its place when whole."""

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.system.files import locked, writable, write_whole

STAGING = ".making-"
"""Beginning of the name of a folder that is not whole yet."""

AUDIT = "_audit"
"""End of the name of the folder of an audit without a run."""


@dataclass(frozen=True)
class WrittenFiles:
    """Paths of a run's files."""

    run_folder: Path
    chart: Path | None = None

    @property
    def index(self) -> Path:
        """The plain page."""
        return self.run_folder / "index.html"

    @property
    def page(self) -> Path:
        """The page to open first: `report.html`, or `index.html` where there is none."""
        return first_page(self.run_folder)


def first_page(run_folder: Path) -> Path:
    """Return the page of a run to open first: `report.html`, or `index.html` where there is none."""
    report = run_folder / "report.html"
    return report if report.exists() else run_folder / "index.html"


def write_run(
    out: Path,
    name: str,
    timestamp: str,
    files: Iterable[tuple[str, str | Iterable[str]]],
    charts: Mapping[str, bytes] | None = None,
    runs: str = "runs",
) -> WrittenFiles:
    """Write `out/{runs}/{name}_{timestamp}/` and, if there is a chart, `out/charts/{its name}_{timestamp}.png`.

    Where one of the two is taken, both get `_2`, `_3` and so on. `files` are paths in the folder with
    their texts, whole or in pieces.

    Raises
    ------
    UserError
        If `out` cannot be written; nothing of the run is left then.
    """
    with ExitStack() as stack:
        with writable(out):
            folder = stack.enter_context(staging_folder(out / runs, name))
        for path, text in files:  # a fault while one is drawn is none of the place
            with writable(out):
                write_whole(folder / "run" / path, text)
        with writable(out):
            for picture, content in (charts or {}).items():
                write_whole(folder / f"{picture}.png", content)
                (out / "charts").mkdir(exist_ok=True)
            return publish(folder, out / runs / name, out / "charts", timestamp)


def publish(folder: Path, run: Path, charts: Path, timestamp: str) -> WrittenFiles:
    """Move the run, then its chart, under the first timestamp that neither has taken.

    A process that is killed between the two leaves a whole run without a chart.
    """
    chart = next(folder.glob("*.png"), None)
    for stamp in _numbered(timestamp):
        files = WrittenFiles(Path(f"{run}_{stamp}"), chart and charts / f"{chart.stem}_{stamp}.png")
        if files.run_folder.exists() or (files.chart and files.chart.exists()):
            continue
        try:
            (folder / "run").rename(files.run_folder)
        except OSError:
            if not files.run_folder.exists():  # else another run has just taken the name
                raise
            continue
        if chart and files.chart:
            shutil.move(chart, files.chart)
        return files
    raise AssertionError("_numbered() never ends")


def _numbered(name: str) -> Iterator[str]:
    """Yield `name`, `name_2`, `name_3` and so on."""
    return chain([name], (f"{name}_{number}" for number in count(2)))


def check_writable(out: Path, folders: Sequence[str] = ("runs", "charts")) -> None:
    """Raise UserError unless folders can be made in `out`, or where it would be made: before any work is lost."""
    for place in (out / name for name in folders):
        with writable(out):
            existing = next(part for part in (place, *place.absolute().parents) if part.is_symlink() or part.exists())
        if not existing.is_dir():
            raise UserError(f"cannot write {out}: {existing} is not a folder - choose another folder with --out DIR")
        with writable(out), tempfile.TemporaryFile(dir=existing):  # permissions are no answer for root, or in /proc
            pass


@contextmanager
def staging_folder(parent: Path, name: str) -> Iterator[Path]:
    """Yield a hidden folder in `parent`, which is removed when the block ends.

    The process holds the lock of its folder. A hidden folder without a lock was left by a killed run: it is removed.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with locked(parent) as alone:  # else a folder just made could be taken for a dead one before it is locked
            if alone:
                remove_dead_folders(parent)
            staging = tempfile.TemporaryDirectory(dir=parent, prefix=f"{STAGING}{name}-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(staging))
            stack.enter_context(locked(folder))
        yield folder


def remove_dead_folders(parent: Path) -> None:
    """Remove the unfinished folders that no process holds; needs the lock of `parent`."""
    for folder in parent.glob(f"{STAGING}*"):
        with suppress(OSError), locked(folder, wait=False) as dead:
            if dead:
                shutil.rmtree(folder)


def file_stems(names: list[str]) -> dict[str, str]:
    """Return a file name for each name: letters, digits and `._^=-`, different for different names."""
    stems: dict[str, str] = {}
    for name in names:
        taken = {stem.lower() for stem in stems.values()}
        stems[name] = next(stem for stem in _numbered(safe_stem(name)) if stem.lower() not in taken)
    return stems


def safe_stem(name: str) -> str:
    """Return `name` as a file name that needs no quoting and stays in its folder.

    >>> safe_stem("kelly_hybrid_70_30"), safe_stem("../<b>")
    ('kelly_hybrid_70_30', '_b_')
    """
    return re.sub(r"[^A-Za-z0-9_.^=-]+", "_", name).lstrip(".")[:100] or "_"
