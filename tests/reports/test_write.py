import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports import write_reports
from backtrader_walkforward.reports.run_folder import file_stems, safe_stem
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.processes import process_pool

FILES = {"results.json", "summary.csv", "equity.csv", "weights.csv", "forecasts.csv"}
FILES |= {"fills.csv", "trades.csv", "report.html", "index.html", "settings.toml"}
STAMP = "20260102_030405"


@pytest.fixture
def write(comparison, forecasts, summary, tmp_path):
    def write(out=tmp_path, stamp=STAMP):
        return write_reports(summary, Settings.of(out=out, tearsheets="none"), stamp)

    return write


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_leaves_the_files_of_the_design(write, tmp_path):
    written = write()
    assert written.run_folder == tmp_path / "runs" / f"SPY_{STAMP}"
    assert written.chart == tmp_path / "charts" / f"SPY_kelly_hybrid_70_30_{STAMP}.png"
    assert set(contents(written.run_folder)) == FILES
    assert written.index.stat().st_mode & 0o777 == 0o644
    assert json.loads((written.run_folder / "results.json").read_text())["best"] == "kelly_hybrid_70_30"


def test_two_runs_in_two_places_at_two_times_leave_the_same_bytes(write, tmp_path):
    first = write(tmp_path / "a")
    second = write(tmp_path / "b", "20270102_030405")
    assert contents(first.run_folder) == contents(second.run_folder)
    assert first.chart.read_bytes() == second.chart.read_bytes()


def test_sheets_drawn_by_two_processes_are_those_drawn_by_one(comparison, make_result, forecasts, summary, tmp_path):
    idle = make_result("idle", "Pure", 0.0)
    two = Comparison((comparison.best, idle), comparison.benchmark)
    both, drawn = replace(summary, comparison=two), []
    here, there = (Settings.of(out=tmp_path / name, use_cache=False) for name in "ab")
    alone = write_reports(both, here, STAMP, on_sheet=lambda *step: drawn.append(step))
    with process_pool(2) as executor:
        together = write_reports(both, there, STAMP, executor)
    names = [result.name for result in two.ranked]
    assert drawn == [(name, 2) for name in names]
    assert set(contents(alone.run_folder)) == FILES | {f"tearsheets/{name}.html" for name in names}
    assert contents(alone.run_folder) == contents(together.run_folder)


def test_a_name_that_is_taken_is_counted_on(write):
    names = [(run.run_folder.name, run.chart.name) for run in (write(), write(), write())]
    assert [folder for folder, _ in names] == [f"SPY_{STAMP}", f"SPY_{STAMP}_2", f"SPY_{STAMP}_3"]
    assert names[2][1] == f"SPY_kelly_hybrid_70_30_{STAMP}_3.png"


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_run_leaves_nothing(write, tmp_path, monkeypatch, failure):
    def fail(*_):
        raise failure

    monkeypatch.setattr("backtrader_walkforward.reports.run_folder.publish", fail)
    with pytest.raises(failure):
        write()
    assert contents(tmp_path) == {}
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_place_that_cannot_be_written_is_named_with_the_remedy(write, tmp_path):
    taken = tmp_path / "file"
    taken.write_text("")
    with pytest.raises(UserError, match=r"cannot write .*file.* - choose another folder with --out DIR"):
        write(taken)


def test_hostile_names_stay_in_their_folder(comparison, forecasts, summary, tmp_path):
    best = replace(comparison.best, name="../../<b>x")
    odd = Comparison((best,), comparison.benchmark)
    prices = replace(summary.prices, ticker="../^A")
    settings = Settings.of(out=tmp_path, tearsheets="none")
    written = write_reports(replace(summary, comparison=odd, prices=prices), settings, STAMP)
    assert written.run_folder.parent == tmp_path / "runs"
    assert written.chart.parent == tmp_path / "charts"


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
