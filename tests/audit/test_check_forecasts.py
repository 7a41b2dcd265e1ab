"""Folds that are fitted again: what their process is given, day by day, and what it makes of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
from backtrader_walkforward.predictors.lstm import LSTM

from backtrader_walkforward.audit.check_forecasts import days_of_fold, folds_fitted_again, forecast_day_by_day
from backtrader_walkforward.audit.perturbed_history import audit_dates
from backtrader_walkforward.forecasting.fold_cache import save_fold
from backtrader_walkforward.forecasting.folds import FoldForecast
from backtrader_walkforward.forecasting.handover import Handover
from backtrader_walkforward.system.cache import Cache


def test_all_folds_are_fitted_again_or_those_of_the_dates(run):
    dates = audit_dates(run)
    assert folds_fitted_again(run, dates) == [0, 1, 2, 3, 4]
    network = replace(run, has_cheap_fits=False)
    assert folds_fitted_again(network, dates) == sorted(run.table["fold"].loc[dates])
    assert folds_fitted_again(network, dates[:1]) == [0]


def test_each_day_has_one_row_more_and_no_later_one_in_its_memory(run):
    [task], days = [task for task in run.tasks if task.fold == 1], run.days_of(1)
    known = list(days_of_fold(run, 1))
    assert len(known) == len(days) == 10
    for number, ([part], closes, later) in enumerate(known, 1):
        assert later == 10 - number
        assert len(part.rows) == len(task.rows) - 10 + number
        assert len(part.test_windows) == len(closes) == number
        assert part.rows.base is None
        assert closes.base is None
    np.testing.assert_array_equal(known[-1][0][0].rows, task.rows)
    np.testing.assert_array_equal(known[-1][1], run.prices["Close"].loc[days])


def test_an_honest_predictor_forecasts_the_same_day_by_day(run):
    made = forecast_day_by_day(day for fold in (0, 1) for day in days_of_fold(run, fold))
    forecasts = pd.Series([predicted for predicted, _ in made], run.days_of(0).append(run.days_of(1)))
    pd.testing.assert_series_equal(
        forecasts, run.table["predicted_return"].iloc[:20], check_exact=True, check_names=False, check_index_type=False
    )
    assert {spread for _, spread in made} == {0.0}


def test_a_fit_starts_from_the_stored_weights(run, tmp_path):
    """They are those of the fold that the run has begun at random; nothing is trained here."""
    one, other = (replace(task, predictor=LSTM()) for task in run.tasks[:2])
    first = replace(one, handover=Handover("weights_", "initial_weights", earlier=None))
    later = replace(other, handover=Handover("weights_", "initial_weights", earlier=0))
    cache, weights = Cache("forecasts", tmp_path), (np.array([1.0, 2.0]),)
    save_fold(cache, first, FoldForecast(np.zeros(len(first.test_windows)), 3, weights))
    [started], _, _ = next(days_of_fold(replace(run, tasks=[first, later], cache=cache), 1))
    np.testing.assert_array_equal(started.predictor.initial_weights[0], weights[0])
