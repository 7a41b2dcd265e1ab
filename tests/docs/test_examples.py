"""The examples run as their first lines say."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.trading.variants import find_strategies
from examples.agreement import Agreement

ROOT = Path(__file__).parents[2]


def test_own_cerebro():
    command = [sys.executable, "-W", "error", "-m", "examples.own_cerebro"]
    ran = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    cautious, hybrid = ran.stdout.splitlines()
    assert cautious.startswith("CautiousKelly   {'active': ")
    assert hybrid.startswith("Kelly           {'active': ")
    assert "'passive': " in hybrid
    assert ran.stderr == ""


def test_agreement_is_sized_by_the_spread(bars_of, run):
    bars = bars_of(opens=[10] * 6, closes=[10] * 6, predicted_return=[0.02, 0.02, -0.03, 0.0005, np.nan, 0.02])
    bars["forecast_spread"] = [0.0, 0.02, 0.01, 0.0, np.nan, np.nan]
    assert weights_of(run, bars, Agreement) == pytest.approx([1.0, 0.5, -0.75, 0.0, 0.0, 1.0])


def test_agreement_without_a_spread_is_binary(signals, run):
    assert weights_of(run, signals, Agreement) == weights_of(run, signals, Binary)
    single = signals.assign(forecast_spread=0.0)
    assert weights_of(run, single, Agreement, threshold=0.0) == weights_of(run, single, Binary, threshold=0.0)


def weights_of(run, bars, strategy, **params):
    """Return the weights that a strategy decides, day by day."""
    decided = []

    class Told(strategy):
        def next(self):
            super().next()
            decided.append(self.weight)

    run(bars, (Told, params), broker=SubAccountBroker(cash=1_000.0))
    return decided


def test_agreement_copied_to_the_strategies_is_ranked_with_its_hybrids_and_no_other_changes(tmp_path):
    """In a copy of the tree, on the mean of two kinds; what was there before trades to the bit as without it."""
    tree = tmp_path / "clone"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__", "tests", "runs", "charts"))
    command = [sys.executable, "runner.py", "--source", "sample", "--predictor", "ridge,naive", "--tearsheets", "none"]
    command += ["--workers", "1", "--null-models", "2", "--no-cache", "--threshold", "0"]
    folders = []
    for out in ("before", "after"):
        subprocess.run([*command, "--out", out], cwd=tree, capture_output=True, text=True, check=True)
        folders += tree.glob(f"{out}/runs/*")
        shutil.copy(tree / "examples" / "agreement.py", tree / "strategies")
    before, after = (pd.read_csv(folder / "equity.csv", index_col="date") for folder in folders)
    assert {column.partition("/")[0] for column in set(after) - set(before)} == {
        "agreement",
        *(f"agreement_hybrid_{split}" for split in ("70_30", "50_50", "30_70")),
    }
    pd.testing.assert_frame_equal(after[list(before)], before, check_exact=True)
    told = json.loads((folders[1] / "results.json").read_text())
    assert len(told["strategies"]) == 4 * (len(find_strategies()) + 1)
    forecasts = pd.read_csv(folders[1] / "forecasts.csv")
    assert (2 * forecasts["predicted_return"] ** 2).to_numpy() == pytest.approx(forecasts["forecast_spread"] ** 2)
    weights = pd.read_csv(folders[1] / "weights.csv")
    assert set(weights["agreement"].abs().round(6)) <= {0.0, round(1 / (1 + 2**0.5), 6)}  # r and 0: s is r times root 2
