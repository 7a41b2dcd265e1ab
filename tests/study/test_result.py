"""A result holds the study, prints itself, and saves the files of the command."""

import json
import re
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pandas as pd
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.reports.data_files import results_json
from backtrader_walkforward.reports.explore.page import report_page
from backtrader_walkforward.reports.pages.index_page import index_page
from tests.study.conftest import QUICK


def test_a_variant_by_its_name(result):
    assert result["kelly"].name == "kelly"
    assert result["buy_and_hold"] is result.benchmark
    with pytest.raises(wf.ArgumentError, match="there is no variant 0"):
        result[0]
    with pytest.raises(wf.ArgumentError, match="there is no variant 'kely' - did you mean 'kelly'"):
        result["kely"]


def test_the_table_is_the_ranking_with_buy_and_hold_last(result):
    table = result.table
    assert list(table.index) == [*(one.name for one in result.comparison.ranked), "buy_and_hold"]
    with_rank = [one.name for one in result.comparison.traded]
    assert table.loc[with_rank, "sharpe"].dropna().is_monotonic_decreasing
    assert table.loc["kelly", "total_return"] == result["kelly"].metrics.total_return


def test_the_frames_agree_with_each_other(result):
    equity, fills = result.equity, result.fills
    assert equity["kelly"].equals(result["kelly"].equity.rename("kelly"))
    split = "kelly_hybrid_70_30"
    assert (equity[f"{split}/active"] + equity[f"{split}/passive"]).sub(equity[split]).abs().max() < 1e-6
    assert set(fills["strategy"]) <= set(result.variants)
    assert len(fills) == sum(len(one.fills) for one in result.variants.values())
    assert len(result.trades) == sum(one.metrics.trades for one in result.variants.values())
    assert list(result.weights.columns) == list(result.table.index[:-1])
    assert list(result.forecasts.columns[:3]) == ["predicted_return", "predicted_close", "fold"]
    assert result.forecasts.index[-1] == result.prices.frame.index[-1]


def test_it_prints_itself(result):
    assert repr(result).startswith("<Result SPY, 2018-")
    assert repr(result).count("\n") == 0
    assert repr(result).endswith(f". {result.significance.headline}>")
    assert result.verdict in str(result)
    html = result._repr_html_()
    headline, reason, _ = result.verdict.splitlines()
    assert (headline, reason) == (f"{result.significance.headline}.", result.significance.reason)
    assert f'<p class="answer">{headline}</p>\n<p class="verdict">' in html
    assert "Kelly hybrid 70/30" in html
    assert html.count("data:image/png;base64,") == 1
    assert "<script" not in html


def test_it_draws_itself(result, tmp_path):
    charts = result.plot()
    assert charts._repr_html_().startswith("<iframe")
    assert charts.save(tmp_path / "charts.html").read_text() == charts.html


def test_it_is_frozen(result):
    with pytest.raises(FrozenInstanceError):
        result.settings = None


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_saves_the_files_of_the_command_to_the_byte(result, tmp_path):
    cache = result.settings.machine.cache_dir
    given = "--source sample --predictor ridge --period 365 --lookback 20 --tearsheets best --null-models 2 --workers 1"
    where = ["--strategies", "binary,kelly", "--cache-dir", str(cache), "--out", str(tmp_path / "command")]
    assert main([*given.split(), *where]) == 0
    again = wf.run("SPY", cache_dir=cache, **QUICK)
    written = again.save(tmp_path / "notebook" / "runs")
    [command] = (tmp_path / "command" / "runs").iterdir()
    assert contents(written.run_folder) == contents(command)
    [chart] = (tmp_path / "command" / "charts").iterdir()
    assert written.chart.read_bytes() == chart.read_bytes()
    assert pd.read_csv(written.run_folder / "equity.csv", index_col="date")["kelly"].tolist() == list(
        again["kelly"].equity
    )


def test_it_saves_where_it_is_told(result, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = result.save("mine/spring")
    assert written.run_folder.parent == Path("mine/spring")
    assert written.chart.parent == Path("mine/charts")
    assert {path.name for path in tmp_path.iterdir()} == {"mine"}
    assert {path.name for path in Path("mine").iterdir()} == {"spring", "charts"}
    assert {path.name for path in Path("mine/spring").iterdir()} == {written.run_folder.name}
    with pytest.raises(wf.ArgumentError, match="runs must be a path: 5 - for example runs"):
        result.save(5)


def test_the_period_that_is_asked_for_gives_the_days_that_are_needed(tmp_path):
    few = dict(
        source="sample",
        predictor="ridge",
        target="return",
        strategies=("kelly", "binary"),
        null_models=0,
        threshold=0.0,
    )
    short = wf.run("SPY", period=300, cache_dir=tmp_path, **few)
    needed, period = (
        int(number)
        for number in re.search(r"needs about (\d+) days .* use --period (\d+)", short.significance.reason).groups()
    )
    longer = wf.run("SPY", period=period, cache_dir=tmp_path, practice=True, **few)
    assert len(longer.benchmark.returns) == pytest.approx(needed, rel=0.05)


def test_a_predictor_without_epochs_has_no_learning_curves(result):
    assert list(result.learning_curves) == ["fold", "member", "epoch", "training", "validation"]
    assert result.learning_curves.empty


def test_a_short_test_of_monthly_bars_is_annualised_by_all_of_its_prices(tmp_path):
    """Nine months of the test are too few to tell what a bar is; the prices are 95 months."""
    daily = load_sample("SPY").frame
    how = {"Open": "first", "High": "max", "Low": "min", "Close": "last", "Volume": "sum"}
    daily.resample("ME").agg(how).rename_axis("Date").to_csv(tmp_path / "M.csv")
    settings = {"strategies": "binary", "hybrids": "none", "null_models": 2, "cache_dir": tmp_path}
    dated = {"period": "10y", "test_from": "2018-04-01", "lookback": 10, "threshold": 0}
    made = wf.run(csv=tmp_path / "M.csv", predictor="ridge", **dated, **settings)
    hold, returns = made.comparison.benchmark, made.equity["buy_and_hold"].pct_change().dropna()
    assert len(returns) == 8
    assert hold.bars_a_year == 12
    assert hold.metrics.sharpe == pytest.approx(returns.mean() / returns.std() * 12**0.5, rel=1e-9)
    assert hold.metrics.sharpe == pytest.approx(-0.40, abs=0.005)
    assert made.diagnostics.null_models.always_long.sharpe == pytest.approx(hold.metrics.sharpe, abs=1e-9)


def test_notes_are_those_on_the_prices_and_then_those_of_the_study(result):
    noted = replace(result, prices=replace(result.prices, notes=("a bar is missing",)), study_notes=("nothing traded",))
    assert noted.notes == ("a bar is missing", "nothing traded")
    assert json.loads(results_json(noted, ()))["notes"] == ["a bar is missing", "nothing traded"]
    for page in (index_page(noted, (), {}, ()), report_page(noted, (), {})):
        assert page.index("a bar is missing") < page.index("nothing traded")
