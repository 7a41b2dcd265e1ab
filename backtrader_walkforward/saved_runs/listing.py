"""The command `runs`: the run folders with their headlines, the newest first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.reports.data_files import json_text
from backtrader_walkforward.reports.formatting import number
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.saved_runs.folders import run_folders
from backtrader_walkforward.saved_runs.reading import read_run
from backtrader_walkforward.saved_runs.saved_run import SavedRun
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text


def show_runs(settings: Settings, *, json: bool) -> None:
    """Print each run folder of `settings.report.out`, and what its run found."""
    terminal, out = Terminal(), settings.report.out
    folders = run_folders(out)
    if json:
        print(json_text({"runs": list(map(json_entry_of, folders))}), end="")
        return
    for folder in folders:
        terminal.path(folder)
        terminal.says(*entry_of(folder))
    if not folders:
        terminal.says(f"there are no runs in {out / 'runs'} - make one, or name another folder with --out DIR")


def json_entry_of(folder: Path) -> dict[str, Any]:
    """Return what a run folder says; of one that is not whole, what it lacks."""
    try:
        return read_run(folder).entry
    except UserError as error:
        return {"folder": str(folder), "fault": str(error)}


def entry_of(folder: Path) -> Iterator[str]:
    """Yield the subject and the headline of a run; for one that is not whole, what it lacks."""
    try:
        run = read_run(folder)
    except UserError as error:
        yield f"  {str(error).removeprefix(f'{folder}: ')}"
        return
    yield f"  {run.subject}, {run.period}: {run.headline}"
    yield f"  {headline_of(run)}"


def headline_of(run: SavedRun) -> str:
    """Return the best account of a run, its Sharpe ratio, and that of its benchmark."""
    market = f"({name_text(run.benchmark.name)} {number(run.benchmark.sharpe)})"
    if not run.best:
        return f"no account has a rank {market}"
    return f"best {name_text(run.best.name)}, Sharpe ratio {number(run.best.sharpe)} {market}"
