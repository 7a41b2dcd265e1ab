"""The same inputs and seed leave the same bytes in every file: in fresh processes, on any number of workers."""

import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKERS = (1, 2, 4)
RIDGE = [
    "--predictor",
    "ridge",
    "--null-models",
    "2",
    "--tearsheets",
    "best",
    "--strategies",
    "kelly,volatility_adjusted",
]
LSTM = [
    "--epochs",
    "1",
    "--period",
    "365",
    "--retrain-every",
    "120",
    "--no-cache",
    "--null-models",
    "2",
    "--tearsheets",
    "none",
]


def run(folder: Path, workers: int, *arguments: str) -> dict[str, str]:
    """Run the command in a process and with folders of its own; return the digest of each file it left, by name.

    Text is hashed with another seed in each process, so that no order of a set can hide.
    """
    line = [sys.executable, ROOT / "runner.py", "--source", "sample", *arguments, "--workers", str(workers)]
    own = ["--out", folder / f"out_{workers}", "--cache-dir", folder / f"cache_{workers}"]
    hash_seed = {"PYTHONHASHSEED": str(workers)}
    done = subprocess.run([*line, *own], env=os.environ | hash_seed, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    files = [path for path in own[1].rglob("*") if path.is_file()]
    return {without_moment(path.relative_to(own[1])): sha256(path.read_bytes()).hexdigest() for path in files}


def without_moment(path: Path) -> str:
    """Return a path without the moment of the run, which is in no file but in the names of folder and chart."""
    return re.sub(r"_\d{8}_\d{6}", "", path.as_posix())


@pytest.mark.slow
def test_every_file_has_the_same_bytes_on_any_number_of_workers(tmp_path):
    first, *others = (run(tmp_path, workers, *RIDGE) for workers in WORKERS)
    assert {"runs/SPY/results.json", "runs/SPY/fills.csv", "runs/SPY/index.html"} < set(first)
    assert [path.split("/")[0] for path in first].count("charts") == 1
    assert sum(path.startswith("runs/SPY/tearsheets/") for path in first) == 1
    assert others == [first, first]


@pytest.mark.slow
def test_a_network_trained_by_other_workers_leaves_the_same_bytes(tmp_path):
    first, second = (run(tmp_path, workers, *LSTM) for workers in (1, 2))
    assert "runs/SPY/forecasts.csv" in first
    assert first == second
