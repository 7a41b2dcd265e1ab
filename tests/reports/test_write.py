import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports import write_reports
from backtrader_walkforward.reports.run_folder import file_stems, safe_stem
from backtrader_walkforward.settings.settings import Settings

FILES = {"results.json", "summary.csv", "equity.csv", "weights.csv", "forecasts.csv"}
FILES |= {"fills.csv", "trades.csv", "report.html", "index.html", "settings.toml"}
STAMP = "20260102_030405"


@pytest.fixture(scope="module")
def told():
    """What was told of the tear sheets of the first run."""
    return []


@pytest.fixture(scope="module")
def ranked(comparison, make_result):
    """The best variant, and one that never trades."""
    return Comparison((comparison.best, make_result("idle", "Pure", 0.0)), comparison.benchmark)


@pytest.fixture(scope="module")
def runs(ranked, summary, told, tmp_path_factory):
    """Two runs of the same, in two places at two times; each draws its tear sheets."""
    folder, both = tmp_path_factory.mktemp("runs"), replace(summary, comparison=ranked)
    here, there = (Settings.of(out=folder / name, use_cache=False) for name in "ab")
    first = write_reports(both, here, STAMP, on_sheet=lambda *step: told.append(step))
    return first, write_reports(both, there, "20270102_030405")


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_leaves_the_files_of_the_design(runs, ranked, told):
    written, names = runs[0], [result.name for result in ranked.ranked]
    out = written.run_folder.parents[1]
    assert written.run_folder == out / "runs" / f"SPY_{STAMP}"
    assert written.chart == out / "charts" / f"SPY_kelly_hybrid_70_30_{STAMP}.png"
    assert set(contents(written.run_folder)) == FILES | {f"tearsheets/{name}.html" for name in names}
    assert told == [(name, 2) for name in names]
    assert written.index.stat().st_mode & 0o777 == 0o644
    assert json.loads((written.run_folder / "results.json").read_text())["best"] == "kelly_hybrid_70_30"


def test_two_runs_in_two_places_at_two_times_leave_the_same_bytes(runs):
    first, second = runs
    assert contents(first.run_folder) == contents(second.run_folder)
    assert first.chart.read_bytes() == second.chart.read_bytes()


def test_hostile_names_stay_in_their_folder_where_no_tear_sheets_are_asked_for(comparison, summary, tmp_path):
    best = replace(comparison.best, name="../../<b>x")
    odd = Comparison((best,), comparison.benchmark)
    prices = replace(summary.prices, ticker="../^A")
    settings = Settings.of(out=tmp_path, tearsheets="none")
    written = write_reports(replace(summary, comparison=odd, prices=prices), settings, STAMP)
    assert written.run_folder.parent == tmp_path / "runs"
    assert written.chart.parent == tmp_path / "charts"
    assert set(contents(written.run_folder)) == FILES


def test_different_names_get_different_files():
    assert file_stems(["a/b", "a_b", "A_B", "kelly"]) == {
        "a/b": "a_b",
        "a_b": "a_b_2",
        "A_B": "A_B_3",
        "kelly": "kelly",
    }
    assert safe_stem("^GSPC") == "^GSPC"


def test_importing_reports_imports_nothing_heavy():
    heavy = "matplotlib quantstats rich tensorflow seaborn backtrader"
    code = (
        "import sys, backtrader_walkforward.reports;"
        f"print(*[name for name in {heavy.split()!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ}, check=True)
    assert found.stdout.strip() == ""
