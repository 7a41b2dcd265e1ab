"""The importance of features in a study."""

import numpy as np
import pandas as pd
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.evaluation import measure_importance
from backtrader_walkforward.features import FEATURE_NAMES, compute_features
from backtrader_walkforward.forecasting import WalkForward, forecast
from backtrader_walkforward.forecasting.permuted_forecasts import permuted_forecasts
from backtrader_walkforward.forecasting.windows import next_return
from tests.study.conftest import QUICK


def test_it_is_measured_on_request_and_changes_nothing_else(result):
    cache = result.settings.machine.cache_dir
    with pytest.raises(wf.ArgumentError, match="run with importance=True"):
        _ = result.importance
    measured = wf.run("spy", importance=True, cache_dir=cache, **QUICK)
    assert sorted(measured.importance.index) == sorted(FEATURE_NAMES)
    assert measured.importance["error_rise"].is_monotonic_decreasing
    assert measured.table.equals(result.table)
    assert measured.significance.trials == result.significance.trials
    assert measured.settings.trial_settings() == result.settings.trial_settings()
    assert len(measured.diagnostics.importance.by_fold) == 31 * measured.diagnostics.importance.folds


class Momentum(wf.Predictor):
    """Forecasts a share of the last return, which is planted."""

    def fit(self, windows, target):
        last = windows[:, -1, FEATURE_NAMES.index("pct_change_1")]
        self.slope_, self.level_ = np.polyfit(last, target, 1)
        return self

    def predict(self, windows):
        return self.level_ + self.slope_ * windows[:, -1, FEATURE_NAMES.index("pct_change_1")]


def test_the_one_feature_with_a_planted_signal_stands_out_alone():
    """Returns follow half of the last return; the forecast reads one column, so no other changes a bit of it."""
    generator, returns = np.random.default_rng(4), np.zeros(600)
    for day in range(1, 600):
        returns[day] = 0.5 * returns[day - 1] + generator.normal(0, 0.01)
    close = 100 * np.exp(returns.cumsum())
    bars = {"Open": close, "High": close * 1.01, "Low": close * 0.99, "Close": close, "Volume": 1e6 + np.arange(600.0)}
    prices = pd.DataFrame(bars, pd.bdate_range("2020-01-01", periods=600))
    made = forecast(prices, compute_features(prices), Momentum(), WalkForward(lookback=5))
    permuted = permuted_forecasts(made, prices["Close"])
    found = measure_importance(made.table, next_return(prices, "return"), permuted, made.features).table
    assert list(found.index[found["beyond_noise"]]) == ["pct_change_1"]
    assert found.loc["pct_change_1", "error_rise"] > 0.2
    assert (found.drop("pct_change_1")[["error_rise", "knowledge_lost", "folds_risen"]] == 0).all(axis=None)
