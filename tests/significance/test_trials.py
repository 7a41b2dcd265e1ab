import importlib
import inspect
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import TrialRatios
from backtrader_walkforward.significance.trials import Trial, TrialRegistry, digest_of_source, trials_of
from backtrader_walkforward.system.plugin_source import first_read
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of

SETTINGS = '{"seed": 7}'
RATIOS = TrialRatios(days=150, sharpe=1.2, appraisal=0.3)
TRIAL = Trial("SPY", "kelly", SETTINGS, "c0de", "sample", "da7a", "2018-05-25", "2018-12-31", 0.05, RATIOS)


@pytest.fixture
def registry(tmp_path: Path) -> TrialRegistry:
    return TrialRegistry(tmp_path / "data")


def test_the_same_trial_counts_once(registry):
    assert registry.record([TRIAL]) == 1
    assert registry.record([TRIAL, replace(TRIAL, total_return=0.06, last_day="2019-01-02")]) == 1
    assert registry.contents()["trials"].tolist() == [1]
    assert registry.contents()["recorded"].tolist() == [str(datetime.now(UTC).date())]


@pytest.mark.parametrize("change", [{"variant": "fixed"}, {"settings": '{"seed": 8}'}, {"code": "0ther"}])
def test_another_choice_is_another_trial(registry, change):
    registry.record([TRIAL])
    assert registry.record([replace(TRIAL, **change)]) == 2


def test_tickers_are_counted_by_themselves(registry):
    registry.record([TRIAL])
    assert registry.record([replace(TRIAL, ticker="AAPL")]) == 1
    assert registry.contents()["ticker"].tolist() == ["AAPL", "SPY"]


def test_contents_tell_the_best_of_each_set_of_settings(registry):
    other = replace(TRIAL, variant="fixed", ratios=replace(RATIOS, sharpe=None))
    registry.record([TRIAL, other, replace(TRIAL, settings='{"seed": 8}', ratios=replace(RATIOS, sharpe=-0.5))])
    lines = registry.contents()[["trials", "best", "sharpe", "settings"]].to_numpy().tolist()
    assert lines == [[2, "kelly", 1.2, SETTINGS], [1, "kelly", -0.5, '{"seed": 8}']]


def test_the_ratios_of_other_trials_are_known(registry):
    """Of the same ticker, as they were when first recorded, and not those of the run itself."""
    fixed = replace(TRIAL, variant="fixed", ratios=TrialRatios(days=90, sharpe=None, appraisal=None))
    assert registry.others("SPY", [TRIAL]) == ()
    registry.record([TRIAL, fixed, replace(TRIAL, ticker="AAPL")])
    registry.record([replace(TRIAL, ratios=replace(RATIOS, sharpe=9.0))])
    assert registry.others("SPY", [fixed]) == (RATIOS,)
    assert registry.others("SPY", [TRIAL]) == (fixed.ratios,)
    assert set(registry.others("SPY", [])) == {RATIOS, fixed.ratios}


def test_trials_recorded_before_there_were_ratios_still_count(registry):
    """And have theirs once they are run again."""
    registry.record([TRIAL])
    with closing(sqlite3.connect(registry.path)) as connection, connection:
        connection.execute("DROP TABLE ratios")
    fixed = replace(TRIAL, variant="fixed")
    assert registry.record([fixed]) == 2
    assert registry.others("SPY", [fixed]) == ()
    assert registry.record([TRIAL]) == 2
    assert registry.others("SPY", [fixed]) == (RATIOS,)


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM trials", "UPDATE trials SET sharpe = 9", "DELETE FROM ratios", "UPDATE ratios SET days = 9"],
)
def test_a_trial_cannot_be_taken_back(registry, statement):
    registry.record([TRIAL])
    with (
        closing(sqlite3.connect(registry.path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=r"the rows of (trials|ratios) stay"),
    ):
        connection.execute(statement)


def test_a_registry_that_cannot_be_written_is_a_note(tmp_path):
    (tmp_path / "data").write_text("a file where the folder would be")
    registry = TrialRegistry(tmp_path / "data")
    assert registry.record([TRIAL]) is None
    assert "trials could not be stored" in registry.notes[0]


def test_the_trials_of_a_run_are_its_variants(signals):
    variants = variants_of(find_strategies(["kelly", "fixed"]))
    *results, benchmark = run_backtest(signals, [*variants, BENCHMARK], Settings.of())
    comparison = Comparison.of(results, benchmark)

    def keys(source="sample", scale=1.0, **settings):
        prices = Prices(signals[COLUMNS] * scale, "SPY", source)
        return {trial.key for trial in trials_of(comparison, variants, Settings.of(**settings), prices)}

    assert len(keys()) == 8
    assert keys(strategies=("kelly", "fixed")) == keys(workers=2) == keys(scale=1.1) == keys()
    for other in (keys(seed=8), keys(ticker="AAPL"), keys(period=365), keys(source="Yahoo Finance")):
        assert not other & keys()
    assert keys(regimes=("trend", "markov")) == keys(regime_filter=()) == keys()
    assert not keys(regime_filter=(("calm", "half"),)) & keys()
    csv = Path("prices.csv")
    assert not keys("prices.csv", csv=csv) & keys("prices.csv", scale=1.1, csv=csv)


def test_another_helper_beside_a_plugin_is_another_trial(tmp_path, monkeypatch):
    """Its own file and those that it imports from its folder count; the engine's do not."""
    monkeypatch.syspath_prepend(tmp_path)
    first_read.cache_clear()
    (tmp_path / "of_a_trial.py").write_text(
        "import helps_a_trial\nfrom backtrader_walkforward import Metric\nclass A: ..."
    )
    digests = []
    for content in ("x = 1", "x = 2", "x = 1"):
        (tmp_path / "helps_a_trial.py").write_text(content)
        digests.append(digest_of_source(importlib.import_module("of_a_trial").A))
        first_read.cache_clear()  # as in another process
    assert digests[0] == digests[2] != digests[1]
    kelly = find_strategies(["kelly"])["kelly"]
    assert digest_of_source(kelly) == sha256(Path(inspect.getfile(kelly)).read_bytes()).hexdigest()


def test_the_settings_that_make_a_trial():
    """Those of a run without arguments. A change here makes every trial recorded before another one."""
    assert json.dumps(Settings().trial_settings(), sort_keys=True) == (
        '{"allow_short": true, "borrow_rate": 0.0, "capital": 100000.0, "cash_rate": 0.0, "cold_start_every": 1,'
        ' "commission_bps": 0.0, "commission_min": 0.0, "end": null, "ensemble": 1, "epochs": 50, "fill": "next-open",'
        ' "lookback": 60, "min_order": 0.0, "period": 730, "predictor": "lstm", "rebalance_band": 0.1,'
        ' "regime_filter": {}, "retrain_every": 21, "seed": 7, "slippage_bps": 0.0, "source": "auto",'
        ' "stop_entry_day": false, "stop_loss": null, "take_profit": null, "target": "return", "threshold": 0.001,'
        ' "timeframes": ["daily"], "trailing_stop": null, "train_window": 1260, "whole_shares": false}'
    )


def test_a_stored_copy_of_fetched_prices_is_the_same_source(signals):
    assert Prices(signals, "SPY", "Yahoo Finance, stored 2026-01-02").origin == "Yahoo Finance"


def test_a_damaged_registry_is_set_aside_and_said(registry):
    registry.record([TRIAL])
    registry.path.write_bytes(b"no database at all" * 300)
    assert registry.record([replace(TRIAL, variant="fixed")]) == 1
    [note] = registry.notes
    assert note.startswith("trials.sqlite was damaged: it is now trials.sqlite.damaged")
    assert (registry.path.parent / "trials.sqlite.damaged").exists()
