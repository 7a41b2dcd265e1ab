"""Where run folders lie."""

import re
from pathlib import Path

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.reports.run_folder import AUDIT, STAGING

COMPARISON = "COMPARE"
"""Beginning of the name of the folder of a comparison."""

STAMP = re.compile(r"_(\d{8}_\d{6})(?:_(\d+))?$")
"""End of a folder's name: the moment of its run, and a number where two runs have one moment."""


def run_folders(out: Path) -> list[Path]:
    """Return the run folders in `out/runs`, the newest first."""
    runs = out / "runs"
    found = [path for path in runs.iterdir() if path.is_dir() and is_run(path.name)] if runs.is_dir() else []
    return sorted(found, key=moment, reverse=True)


def is_run(name: str) -> bool:
    """Tell whether a folder of this name is a run's: not one that is being filled, no comparison and no audit."""
    return not name.startswith((STAGING, ".", f"{COMPARISON}_")) and not name.endswith(AUDIT)


def moment(folder: Path) -> tuple[str, int, str]:
    """Return by what run folders are ordered: the moment of the run, then its number, then the name.

    >>> moment(Path("runs/SPY_20261127_072134_2"))
    ('20261127_072134', 2, 'SPY_20261127_072134_2')
    """
    stamp = STAMP.search(folder.name)
    return (stamp[1], int(stamp[2] or 1), folder.name) if stamp else ("", 0, folder.name)


def folder_of(run: str, out: Path) -> Path:
    """Return the folder of a run that is given by its path, by its page, or by its name in `out/runs`.

    Raises
    ------
    ArgumentError
        If there is no such folder.
    """
    for path in (Path(run), out / "runs" / run):
        if path.is_dir() or path.is_file():
            return path if path.is_dir() else path.parent
    names = [folder.name for folder in run_folders(out)]
    remedy = did_you_mean(Path(run).name, names) if names else " - there are no runs yet"
    raise ArgumentError(f"there is no run {run!r} here or in {out / 'runs'}{remedy}")
