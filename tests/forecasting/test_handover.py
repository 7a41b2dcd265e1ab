"""What the folds of a predictor take over: weights, epochs or nothing."""

import pytest
from backtrader_walkforward.predictors.lstm import LSTM
from backtrader_walkforward.predictors.ridge import Ridge

from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.forecasting.handover import Handover, handover_of

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
