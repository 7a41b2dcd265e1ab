"""What the folds of a predictor take over: weights, epochs or nothing."""

import pytest
from backtrader_walkforward.predictors.lstm import LSTM
from backtrader_walkforward.predictors.ridge import Ridge

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.forecasting import History, WalkForward, forecast, forecast_pooled
from backtrader_walkforward.forecasting.handover import Handover, handover_of


def pooled(prices, features, *arguments):
    return forecast_pooled([History(prices, features, "A")], *arguments)


EPOCHS, WEIGHTS = ("learning_rates_", "learning_rates"), ("weights_", "initial_weights")


@pytest.mark.parametrize(
    ("walk", "expected"),
    [
        (WalkForward(), None),
        (WalkForward(search_every=4), Handover(*EPOCHS, earlier=4)),
        (WalkForward(search_every=5), Handover(*EPOCHS, earlier=None)),
        (WalkForward(cold_start_every=3), Handover(*WEIGHTS, earlier=3)),
        (WalkForward(cold_start_every=3, search_every=4), Handover(*WEIGHTS, earlier=3)),
    ],
    ids=str,
)
def test_warm_starts_take_over_weights_and_cold_ones_epochs(walk, expected):
    assert handover_of(LSTM(), walk, fold=5) == expected


def test_a_predictor_that_solves_in_one_step_takes_over_nothing():
    assert handover_of(Ridge(), WalkForward(cold_start_every=3, search_every=4), fold=5) is None


@pytest.mark.parametrize("made", [forecast, pooled])
def test_a_walk_that_begins_after_the_fit_that_it_needs_is_refused(history, made):
    walk = WalkForward(first_test=60, lookback=5, retrain_every=15, search_every=3, first_fold=1)
    with pytest.raises(ArgumentError, match=r"^first_fold must be 0 or less"):
        made(*history, LSTM(units=(2,), dense=2, epochs=1), walk)
