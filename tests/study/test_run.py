"""A study computes and returns: it prints nothing, writes nothing, and its listener hears of every stage."""

from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.study.progress import (
    FoldFitted,
    ForecastsMade,
    Noted,
    PricesLoaded,
    StageStarted,
    WorkSized,
)
from tests.study.conftest import QUICK


def test_nothing_is_printed_and_no_file_is_written(tmp_path, monkeypatch, capfd):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    wf.run("SPY", cache_dir=tmp_path / "cache", **QUICK)
    assert capfd.readouterr() == ("", "")
    assert list((tmp_path / "here").iterdir()) == []


def test_the_listener_hears_of_every_stage(result, events):
    kinds = [kind for kind, _ in groupby(map(type, events))]
    start = [PricesLoaded, Noted, StageStarted, WorkSized, StageStarted]
    assert kinds == [*start, FoldFitted, ForecastsMade, StageStarted, Noted]
    stages = [(event.stage, event.text) for event in events if isinstance(event, StageStarted)]
    assert [stage for stage, _ in stages] == ["Features", "Forecast", "Backtest"]
    assert stages[-1][1] == "8 variants and buy & hold, 100,000 each, the last 75 of 284 days"
    folds = [event for event in events if isinstance(event, FoldFitted)]
    assert len(folds) == folds[0].fits == result.forecasts["fold"].nunique()


def test_any_executor_gives_the_same_result(result, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        other = wf.run("SPY", executor=executor, cache_dir=tmp_path, **QUICK)
    assert other.forecasts.equals(result.forecasts)
    assert other.table.equals(result.table)
    assert other.diagnostics.null_models == result.diagnostics.null_models


def test_the_ticker_is_that_of_the_settings_if_left_out(tmp_path):
    settings = wf.Settings.of(ticker="^IXIC", cache_dir=tmp_path, **QUICK)
    assert wf.run(settings=settings, strategies=("binary",)).prices.ticker == "^IXIC"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (dict(lookbak=30), "there is no setting 'lookbak' - did you mean 'lookback'?"),
        (dict(lookback=0), "lookback must lie between 1 and 1,000: 0"),
        (dict(predictor="ridg"), "--predictor names no predictor: 'ridg' - did you mean 'ridge'?"),
        (dict(strategies=("kely",)), "--strategies knows no 'kely' - did you mean 'kelly'?"),
    ],
)
def test_a_mistake_is_one_line_of_the_packages_own_error(values, message, tmp_path):
    with pytest.raises(wf.ArgumentError, match=message.replace("?", r"\?")):
        wf.run("SPY", **(QUICK | values), cache_dir=tmp_path)


@pytest.mark.parametrize(
    ("argument", "value", "rule"),
    [
        ("ticker", 5, "ticker must be text: 5 - for example SPY"),
        ("ticker", ["SPY"], "ticker must be text: ['SPY'] - for example SPY"),
        ("settings", "x.toml", "settings must be a wf.Settings: 'x.toml' - write settings=wf.Settings.of(lookback=30)"),
        ("settings", {}, "settings must be a wf.Settings: {} - write settings=wf.Settings.of(lookback=30)"),
        ("executor", 5, "executor must have the method submit: 5 - give a concurrent.futures.Executor, or None"),
        ("progress", None, "progress must be a function of one event: None - for example print"),
    ],
)
def test_a_wrong_type_is_one_line_of_the_packages_own_error(argument, value, rule):
    with pytest.raises(wf.ArgumentError) as caught:
        wf.run(**{argument: value})
    assert str(caught.value) == rule
