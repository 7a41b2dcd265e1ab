"""The command `compare`: runs side by side on the terminal, and as a page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backtrader_walkforward.reports import check_writable
from backtrader_walkforward.reports.data_files import json_text
from backtrader_walkforward.reports.run_folder import WrittenFiles, write_run
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.saved_runs.comparison import (
    answers,
    cautions,
    differing_settings,
    headlines,
    require_several,
)
from backtrader_walkforward.saved_runs.folders import COMPARISON, folder_of
from backtrader_walkforward.saved_runs.page import comparison_page
from backtrader_walkforward.saved_runs.reading import read_run
from backtrader_walkforward.saved_runs.saved_run import SavedRun
from backtrader_walkforward.settings.settings import Settings


def compare_runs(settings: Settings, names: Sequence[str], *, json: bool) -> WrittenFiles:
    """Compare the runs, print the comparison, as text or JSON, and write its page to `runs/COMPARE_{TIMESTAMP}/`.

    Raises
    ------
    UserError
        If there are too few runs, or one of them is not there or not whole.
    """
    out = settings.report.out
    require_several(names)
    runs = [read_run(folder) for folder in dict.fromkeys(folder_of(name, out) for name in names)]
    require_several(runs)
    check_writable(out, ["runs"])
    page = comparison_page(runs, out / "runs" / COMPARISON)
    written = write_run(out, COMPARISON, f"{datetime.now():%Y%m%d_%H%M%S}", [("index.html", page)])
    if json:
        print(json_text(comparison_entry(runs)), end="")
    else:
        print_comparison(Terminal(), runs)
    return written


def comparison_entry(runs: Sequence[SavedRun]) -> dict[str, Any]:
    """Return the comparison for programs: the runs in their order, the settings that differ, and the cautions."""
    differing = {name: values for name, *values in differing_settings(runs).rows}
    return {"runs": [run.entry for run in runs], "differing_settings": differing, "cautions": list(cautions(runs))}


def print_comparison(terminal: Terminal, runs: Sequence[SavedRun]) -> None:
    """Print the answers, the headlines, the settings that differ, and the cautions."""
    terminal.says(*(f"{name}: {answer}" for name, answer in answers(runs).items()), "")
    table, settings = headlines(runs), differing_settings(runs)
    terminal.figures(table.headings, table.rows, words=2)
    terminal.says("")
    if settings.rows:
        terminal.figures(settings.headings, settings.rows)
    else:
        terminal.says("The settings and the prices are the same.")
    terminal.says("", *(f"Caution: {text}" for text in cautions(runs)))
