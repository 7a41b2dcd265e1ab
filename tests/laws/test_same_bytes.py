"""The same inputs and seed leave the same bytes in every file, whichever process trains the network.

`tests/cli/test_command.py` holds the runs of quick models to the same.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NETWORK = "--source sample --period 200 --lookback 20 --epochs 1 --retrain-every 21 --threshold 0 --no-cache"
TRADED = "--strategies kelly --hybrids none --null-models 2 --tearsheets none"
"""The LSTM in full size, two fits of one epoch; one strategy trades what it forecasts."""


def run(folder: Path, workers: int) -> dict[str, bytes]:
    """Run the command in a process and with folders of its own; return the bytes of each file it left, by name.

    Text is hashed with another seed in each process, so that no order of a set can hide.
    """
    line = [sys.executable, ROOT / "runner.py", *NETWORK.split(), *TRADED.split(), "--workers", str(workers)]
    own = ["--out", folder / f"out_{workers}", "--cache-dir", folder / f"cache_{workers}"]
    hash_seed = {"PYTHONHASHSEED": str(workers)}
    done = subprocess.run([*line, *own], env=os.environ | hash_seed, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    files = [path for path in own[1].rglob("*") if path.is_file()]
    return {without_moment(path.relative_to(own[1])): path.read_bytes() for path in files}


def without_moment(path: Path) -> str:
    """Return a path without the moment of the run, which is in no file but in the names of folder and chart."""
    return re.sub(r"_\d{8}_\d{6}", "", path.as_posix())


@pytest.mark.slow
def test_a_network_trained_by_other_workers_leaves_the_same_bytes(tmp_path):
    first, second = (run(tmp_path, workers) for workers in (1, 2))
    assert first == second
    assert {"runs/SPY/fills.csv", "runs/SPY/forecasts.csv", "runs/SPY/index.html"} < set(first)
    assert [path.split("/")[0] for path in first].count("charts") == 1
    results = json.loads(first["runs/SPY/results.json"])
    assert results["forecast"]["folds"] == 2
    assert results["settings"]["predictor"] == "lstm"
    assert len(results["strategies"]) == 1
