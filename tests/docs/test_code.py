"""Code on the pages runs: plug-in files dropped into a checkout, programs as they stand."""

import json
import re
import shutil
from collections import Counter

import pandas as pd
import pytest

from backtrader_walkforward import strategies
from backtrader_walkforward.features import indicators as table
from backtrader_walkforward.features.indicators import INDICATORS, indicators
from backtrader_walkforward.panels.book import run_books
from backtrader_walkforward.settings.settings import Settings
from docs.tools.pages import PAGES, ROOT, offline, plugins, programs, shown, table_lines, text
from docs.tools.running import bash
from tests.docs.showing import assert_shows
from tests.panel.markets import drawn_panel

PREDICTORS = "reversal,light_gbm,nearest_days"


@pytest.fixture(scope="module")
def run_folder(checkout):
    """A run with all plug-in files of the pages dropped in."""
    assert {path for path in plugins() if (ROOT / path).exists()} == set()
    tree = checkout(plugins())
    quick = "--strategies capped_kelly,oversold,binary --tearsheets none --null-models 0 --workers 1"
    printed = bash(tree, f"python runner.py --source sample --predictor {PREDICTORS} --details {quick}")
    [folder] = (tree / "runs").glob("SPY_*")
    (folder / "printed.txt").write_text(printed)
    return folder


def test_a_plugin_is_a_small_file():
    kinds = Counter(path.split("/")[-2] for path in plugins())
    assert kinds == {"strategies": 4, "predictors": 3, "analyzers": 2, "sections": 1, "charts": 1}
    assert all(len(body.splitlines()) <= 25 for body in plugins().values())
    assert len(plugins()["strategies/capped_kelly.py"].splitlines()) <= 15


@pytest.mark.slow
def test_the_page_of_files_lists_every_file_of_a_run(run_folder):
    listed = text("docs/reference/files.md")
    written = {path.name for path in run_folder.iterdir() if path.is_file()} - {"printed.txt"}
    assert {name for name in written if f"{name}` |" not in listed} == set()
    [first] = re.findall(r"`runs/TICKER_TIMESTAMP/(\S+)` \|.*: open this one \|", listed)
    assert f"/{first}\n" in (run_folder / "printed.txt").read_text()[-200:]


def test_its_strategy_is_ranked_with_its_hybrids(run_folder):
    names = set(pd.read_csv(run_folder / "summary.csv")["name"])
    assert {"capped_kelly", *(f"capped_kelly_hybrid_{split}" for split in ("70_30", "50_50", "30_70"))} <= names


def test_its_strategy_that_reads_features_trades(run_folder):
    assert "oversold" in set(pd.read_csv(run_folder / "fills.csv")["strategy"])


def test_its_ranking_strategy_trades_a_book(monkeypatch, tmp_path):
    (tmp_path / "three_best.py").write_text(plugins()["strategies/three_best.py"])
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    books = {book.name: book for book in run_books(drawn_panel(tickers=5, days=20), Settings(), ["three_best"])}
    splits = ("", "_hybrid_70_30", "_hybrid_50_50", "_hybrid_30_70")
    assert list(books) == [*(f"three_best{split}" for split in splits), "equal_weight"]
    assert set((books["three_best"].weights.round(9) == 0.333333333).sum(axis=1)) == {3}


def test_its_predictors_made_the_forecasts(run_folder):
    results = json.loads((run_folder / "results.json").read_text())
    assert results["settings"]["predictor"] == PREDICTORS
    assert 0.98 < results["forecast"]["rmse"] / results["forecast"]["naive_rmse"] < 1.02


def test_its_analyzer_has_a_column(run_folder):
    summary = pd.read_csv(run_folder / "summary.csv", index_col="name")
    results = json.loads((run_folder / "results.json").read_text())
    assert {row["name"]: row["losing_streak"] for row in results["strategies"]} == dict(summary["losing_streak"])
    assert summary.loc["binary", "losing_streak"] <= summary.loc["binary", "trades"]
    assert "Losing<br>streak" in (run_folder / "index.html").read_text()


def test_its_section_is_on_terminal_page_and_in_the_results(run_folder):
    months = json.loads((run_folder / "results.json").read_text())["months"]
    assert list(months) == ["2018-05", "2018-06", "2018-07", "2018-08", "2018-09", "2018-10", "2018-11", "2018-12"]
    sentence = f"best month in {max(months, key=months.get)} and its worst in {min(months, key=months.get)}."
    assert sentence in (run_folder / "printed.txt").read_text()
    page = (run_folder / "index.html").read_text()
    assert sentence in page
    assert "Months</h2>" in page


def test_its_chart_is_on_the_page(run_folder):
    page = (run_folder / "report.html").read_text()
    assert 'id="chart-weekdays"' in page
    assert "Mean return by weekday</h2>" in page
    assert '"factors":["Monday","Tuesday","Wednesday","Thursday","Friday"]' in page


def test_the_lines_that_are_explained_are_printed(run_folder):
    table = text("docs/how-to/reading.md").partition("| line | meaning |")[2].partition("\n\n")[0]
    labels = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    printed = (run_folder / "printed.txt").read_text()
    assert len(labels) == 15
    assert [label for label in labels if label not in printed] == []


def test_its_indicator_is_a_column(monkeypatch, sample):
    [line] = table_lines("docs/how-to/engine.md")
    for name, indicator in eval(f"{{{line}}}", vars(table)).items():
        monkeypatch.setitem(INDICATORS, name, indicator)
    features = indicators(sample.iloc[-100:])
    assert list(features)[-1] == "open_to_close"
    assert features["open_to_close"].iloc[-1] == pytest.approx(2506.850098 / 2498.939941 - 1)


@pytest.mark.parametrize(("page", "number"), [(page, i) for page in PAGES for i in range(len(programs(page)))])
def test_a_program_runs(page, number, run_folder, tmp_path, monkeypatch, capsys):
    """In this process, whose warnings are errors, and in a folder with a run; it prints what the page shows."""
    shutil.copytree(run_folder, tmp_path / "runs" / run_folder.name)
    monkeypatch.chdir(tmp_path)
    program = programs(page)[number]
    exec(compile(offline(program), f"{page}, program {number}", "exec"), {"__name__": "__main__"})
    for output in (part.output for part in shown(page) if part.code == program):
        assert_shows(output, capsys.readouterr().out)
