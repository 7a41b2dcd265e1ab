"""Forecasts with one feature permuted: in any process, of any predictor, from the cache or not."""

from pathlib import Path

import numpy as np
import pytest
from backtrader_walkforward.predictors.mean import Mean
from backtrader_walkforward.predictors.ridge import Ridge

from backtrader_walkforward.features.scale_free import LAG_5, MOMENTUM_5
from backtrader_walkforward.forecasting import History, WalkForward, forecast, make_predictor
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.permuted_forecasts import REPETITIONS, permute_features, permuted_forecasts
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.system.cache import Cache

WALK = WalkForward(first_test=60, lookback=5, retrain_every=25)
USED = 7


class OneColumn(Predictor):
    """Forecasts the oldest value of one column alone."""

    def fit(self, windows, target):
        return self

    def predict(self, windows):
        return windows[:, 0, USED] / 100


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache("forecasts", tmp_path)


def permuted_of(history, predictor, executor=None, cache=None, walk=WALK, **options):
    made = forecast(*history, predictor, walk, executor, cache=cache, **options)
    return made, permuted_forecasts(made, history[0]["Close"], executor, cache)


def test_only_the_column_that_is_used_changes_a_forecast_to_that_of_a_training_day(history):
    made, permuted = permuted_of(history, OneColumn())
    for fold, returns in permuted.items():
        known = made.tasks[fold].training_inputs
        predicted = made.table.loc[made.table["fold"] == fold, "predicted_return"].to_numpy()
        assert returns.shape == (31, REPETITIONS, len(predicted))
        changed = (returns != predicted).any(axis=(1, 2))
        assert list(np.flatnonzero(changed)) == [USED]
        assert np.isin(returns[USED], known[:, 0, USED] / 100).all()


def test_the_repetitions_differ_and_the_seed_is_fixed(history):
    task = fold_tasks(*history, OneColumn(), WALK)[1]
    first, again = permute_features(task), permute_features(task)
    np.testing.assert_array_equal(first, again)
    assert len(np.unique(first[USED], axis=0)) == REPETITIONS


def test_members_get_the_same_days_early_and_late_ones(history):
    one, other = fold_tasks(*history, [OneColumn(), OneColumn(seed=8)], WALK)[:2]
    drawn = permute_features(one)[USED]
    np.testing.assert_array_equal(permute_features(other)[USED], drawn)
    half = len(one.target) // 2
    for days in (slice(half), slice(half, None)):
        assert 0.3 < np.isin(drawn, one.training_inputs[days, 0, USED] / 100).mean() < 0.9


def test_other_processes_give_the_same(history):
    here = permuted_of(history, [Ridge(), Mean()])[1]
    with process_pool(2) as pool:
        there = permuted_of(history, [Ridge(), Mean()], pool)[1]
    for fold, returns in here.items():
        np.testing.assert_array_equal(there[fold], returns)


def test_the_mean_of_an_ensemble_is_permuted(history):
    alone, both = permuted_of(history, Ridge())[1], permuted_of(history, [Ridge(), Mean()])
    means = both[0].table.groupby("fold")["training_mean"].first()
    for fold, returns in both[1].items():
        np.testing.assert_allclose(returns, (alone[fold] + means[fold]) / 2, rtol=0, atol=1e-15)


def test_a_pooled_fit_is_permuted_in_the_unit_of_its_ticker(history):
    peers = [History(*history, "PEER")]
    made, permuted = permuted_of(history, OneColumn(), peers=peers)
    for fold, returns in permuted.items():
        task = made.tasks[fold]
        known = task.training_inputs
        assert np.isin(returns[USED], (known[:, 0, USED] / 100).astype(float) * task.own.target_unit).all()


def test_forecasts_of_prices_are_permuted_as_returns(history):
    made, permuted = permuted_of(history, make_predictor("naive", target="price"), inputs="raw")
    changed = {int(feature) for returns in permuted.values() for feature in np.flatnonzero(returns.any(axis=(1, 2)))}
    close = history[0]["Close"].loc[made.table.index]
    assert changed == {LAG_5, MOMENTUM_5}
    assert all(np.abs(returns).max() < 2 * np.ptp(close) / close.min() for returns in permuted.values())


@pytest.mark.parametrize("cold_start_every", [1, 12])
def test_stored_folds_make_it_neither_vanish_nor_change(history, cache, monkeypatch, cold_start_every):
    walk = WalkForward(first_test=60, lookback=5, retrain_every=30, cold_start_every=cold_start_every)
    lstm = make_predictor("lstm", units=(3, 2), dense=2, epochs=1)
    forecast(*history, lstm, walk, cache=cache)
    made, first = permuted_of(history, lstm, cache=cache, walk=walk)
    assert made.stored == 2
    np.testing.assert_equal(first, permuted_of(history, lstm, walk=walk)[1])
    monkeypatch.setattr(type(lstm), "fit", None)
    np.testing.assert_equal(permuted_of(history, lstm, cache=cache, walk=walk)[1], first)
    assert [label for label, *_ in cache.contents()] == ["lstm", "lstm, permuted"]


def test_what_has_no_key_is_permuted_all_the_same(history, cache):
    class Local(OneColumn):
        def __init__(self, target="return", seed=7, tag=object):
            super().__init__(target, seed)
            self.tag = tag

    _, permuted = permuted_of(history, Local(tag=object()), cache=cache)
    assert sorted(permuted) == [0, 1, 2]
    assert np.ptp(permuted[0][USED][0]) > 0
