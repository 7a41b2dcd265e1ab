"""The jobs whose results are kept in `golden/`, and what each of them leaves, by names that stay when others change."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import arch.data.nasdaq
import pandas as pd

from backtrader_walkforward.live.paper.paper_ledger import PaperLedger
from tests.forked_runs import finish, start
from tests.live.sessions import SESSIONS

# What the command, its files and their contents are called today; on the left, and in the golden files, for good.
RUN, PAPER, PAPER_REPORT = "run", "paper", "paper-report"
ALWAYS, NO_SHEETS = "--source sample --workers 1", ("--tearsheets", "none")
TABLES = {"equity": "equity.csv", "weights": "weights.csv", "forecasts": "forecasts.csv"}
TABLES |= {"fills": "fills.csv", "interest": "costs.csv"}
RESULTS, PAPER_RESULTS = "results.json", "paper.json"
ENTRIES = {"errors": "forecast", "benchmark": "benchmark", "variants": "strategies", "best": "best"}
ENTRIES |= {"significance": "significance", "nulls": "null_models", "seeds": "seeds", "regimes": "regimes"}
PAPER_ENTRIES = {"variants": "variants", "equal": "equal", "days": "days", "late": "late"}
LEDGER_TABLES = {"positions": "positions", "orders": "orders", "ledger_fills": "fills"}
RENAMED: dict[str, str] = {
    "bankrupt": "ruined",
    "above_shifted_positions": "above_same_turnover",
    "long_ratio": "share_long",
    "short_ratio": "share_short",
    "persistent_bias": "persistent_error_share",
}
"""Columns, keys and variants that have a new name: today's, and what the golden files call them."""
IN_WORDS = ("verdict", "reason", "warnings")

JOBS = {
    "default": "--workers 2",
    "ridge_ten_years": "--predictor ridge --period 3650",
    "csv": "--predictor ridge --source csv --csv {folder}/tech.csv --end 2003-06-30",
    "costs_and_stops": "--predictor ridge --threshold 0 --commission-bps 5 --commission-min 1 --slippage-bps 2"
    " --borrow-rate 0.03 --cash-rate 0.02 --stop-loss 0.02 --trailing-stop 0.03 --take-profit 0.05",
    "regimes": "--predictor ridge --regimes trend,volatility,markov --regime-filter downtrend=half,turbulent",
    "ensemble": "--predictor ridge,mean --seeds 2",
    "close_whole_no_short": "--predictor ridge --fill close --whole-shares --no-short --threshold 0",
    "paper": "--predictor ridge --threshold 0 --period 365 --strategies binary,volatility_adjusted",
}
EVENINGS = SESSIONS[:40]

Columns = dict[str, list[Any]]


def outcome(job: str, folder: Path) -> Columns:
    """Run a job and return all that it left: the values of each column or key, under `TABLE.COLUMN`."""
    arguments = [*ALWAYS.split(), *JOBS[job].format(folder=folder).split()]
    if job == "csv":
        arch.data.nasdaq.load()[["Open", "High", "Low", "Close", "Volume"]].to_csv(folder / "tech.csv")
    if job != "paper":
        return of_files(run(folder, RUN, *arguments, *NO_SHEETS), RESULTS, ENTRIES)
    for day in EVENINGS:
        run(folder, PAPER, *arguments, "--end", str(day))
    found = of_files(run(folder, PAPER_REPORT, *arguments, *NO_SHEETS), PAPER_RESULTS, PAPER_ENTRIES)
    tables = PaperLedger(folder / "cache", "SPY").read().tables
    for name, today in LEDGER_TABLES.items():
        found |= of_table(name, getattr(tables, today))
    return found


def run(folder: Path, command: str, *arguments: str) -> Path:
    """Run a command as a user does; return the folder of its files, if it left one."""
    started = start(folder, *arguments, command=command, quick="")
    assert finish(started, folder, seconds=1_000) == (0, "")
    return next(folder.glob("out/runs/*"), folder)


def of_files(folder: Path, results: str, names: dict[str, str]) -> Columns:
    """Return what the files of a run hold; words are left out."""
    found: Columns = {}
    for name, file in TABLES.items():
        if (folder / file).exists():
            found |= of_table(name, pd.read_csv(folder / file))
    entries = json.loads((folder / results).read_text())
    for name, today in names.items():
        for key, value in leaves(entries.get(today), name):
            found.setdefault(key, []).append(value)
    return found


def of_table(name: str, table: pd.DataFrame) -> Columns:
    """Return the columns of a table; dates as text."""
    plain = table.map(lambda cell: f"{cell:%Y-%m-%d}" if isinstance(cell, pd.Timestamp) else called(cell))
    return {f"{name}.{called(column)}": plain[column].tolist() for column in plain}


def leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield each value of nested entries with its path; those of a list of entries one after the other, by name."""
    if isinstance(value, dict):
        for key in value:
            if key not in IN_WORDS:
                yield from leaves(value[key], f"{name}.{called(key)}")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for item in sorted(value, key=lambda item: item.get("name", "")):
            yield from leaves(item, name)
    else:
        yield name, called(value)


def called(name: Any) -> Any:
    """Return what the golden files call something, names in order; everything but a new name is itself."""
    if isinstance(name, list):
        names = [called(item) for item in name]
        return sorted(names) if all(isinstance(item, str) for item in names) else names
    return RENAMED.get(name, name) if isinstance(name, str) else name
