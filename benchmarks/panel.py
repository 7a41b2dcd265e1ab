"""Panels: cost, efficiency and memory with 20 real stocks and 200 made-up ones, and what larger ones would take.

Run as: python -m benchmarks.panel FOLDER
FOLDER holds the CSV files of 20 stocks: python -m benchmarks.studies.stock_files FOLDER
Each panel runs in a process of its own, one after the other, and finds nothing in a cache.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.table import Row, printed, show

DECADE = {"period": 3650, "predictor": "ridge", "fill": "close", "target": "return"}
"""Ten years; what has closes alone is traded at closes."""

EFFICIENCY, MEMORY, OVERHEAD = 0.85, 1.2, 1.0
"""Targets: time of one worker / twice that of two, parent's memory with 200 tickers / 20, processor time of a panel /
that of as many single runs."""

Job = dict[str, Any]


def measured(**settings: Any) -> Job:
    """Run a panel and return what it took."""
    arguments = [f"{name}={json.dumps(value)}" for name, value in settings.items()]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.jobs.panel_job", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    found: Job = json.loads(done.stdout.splitlines()[-1])
    return found


def write_tickers(folder: Path, count: int, days: int = 2_600) -> None:
    """Write the CSV files of made-up tickers: random walks with a common part."""
    random = np.random.default_rng(0)
    index, common = pd.bdate_range(end="2022-12-30", periods=days, name="Date"), random.normal(0, 0.008, days)
    for number in range(count):
        close = 50 * np.exp(np.cumsum(common + random.normal(0, 0.012, days)))
        pd.DataFrame({"Close": close.round(4)}, index).to_csv(folder / f"T{number:03}.csv")


def rows(folder: str) -> Iterator[Row]:
    """Measure and compare."""
    stocks = DECADE | {"csv_folder": folder}
    singles = [measured(**stocks, tickers=[path.stem], workers=1) for path in sorted(Path(folder).glob("*.csv"))]
    own = {workers: measured(**stocks, workers=workers) for workers in (1, 2)}
    yield cost_row(own[1], singles)
    yield efficiency_row("own models, processes", own[1], own[2])
    dask = {workers: measured(**stocks, workers=workers, dask="local") for workers in (1, 2)}
    yield efficiency_row("own models, Dask", dask[1], dask[2])
    pooled = {workers: measured(**stocks, workers=workers, model="pooled") for workers in (1, 2)}
    yield efficiency_row("pooled model, processes", pooled[1], pooled[2])
    with tempfile.TemporaryDirectory() as made_up:
        write_tickers(Path(made_up), 200)
        few = measured(**DECADE, csv_folder=made_up, tickers=[f"T{number:03}" for number in range(20)], workers=2)
        many = measured(**DECADE, csv_folder=made_up, workers=2)
    yield memory_row(few, many)
    yield from (on_paper(many, tickers, 20) for tickers in (500, 5_000))


def cost_row(panel: Job, singles: list[Job]) -> Row:
    """Compare the processor time of a panel with that of panels of one ticker each."""
    apart = sum(job["cpu"] for job in singles)
    ratio = panel["cpu"] / apart
    text = f"{ratio:.2f} ({panel['cpu']:.0f} s / {apart:.0f} s)"
    return Row(f"processor time of {panel['tickers']} tickers / one by one", f"<= {OVERHEAD}", text, ratio <= OVERHEAD)


def efficiency_row(name: str, one: Job, two: Job) -> Row:
    """Compare the time of one worker with that of two."""
    efficiency = one["wall"] / 2 / two["wall"]
    text = f"{efficiency:.2f} ({one['wall']:.0f} s, {two['wall']:.0f} s; {memory_text(two)})"
    return Row(f"{one['tickers']} tickers, {name}: efficiency", f">= {EFFICIENCY}", text, efficiency >= EFFICIENCY)


def memory_row(few: Job, many: Job) -> Row:
    """Compare the memory of the parent with few and many tickers."""
    ratio = many["parent_mb"] / few["parent_mb"]
    text = f"{ratio:.2f} ({memory_text(many)}; {many['wall']:.0f} s)"
    what = f"memory of the parent, {many['tickers']} tickers / {few['tickers']}"
    return Row(what, f"<= {MEMORY}", text, ratio <= MEMORY)


def memory_text(job: Job) -> str:
    """Return the memory of parent and worker as text."""
    return f"parent {job['parent_mb']:.0f} MB, worker {job['worker_mb']:.0f} MB"


def on_paper(job: Job, tickers: int, years: int) -> Row:
    """Return what a larger panel would take, if its cost grew with tickers x years."""
    share = tickers * years / (job["tickers"] * 10)
    text = f"{share * job['cpu'] / 3600:.1f} h of one core, {share * job['studies_mb'] / 1000:.1f} GB of studies"
    return Row(f"computed: {tickers:,} tickers of {years} years, ridge", "-", text, None)


if __name__ == "__main__":
    show(printed(rows(*sys.argv[1:])))
