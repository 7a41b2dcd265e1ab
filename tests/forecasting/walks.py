"""What tests of a walk forward over `history` share: its folds, a small network, and equality to the bit."""

from dataclasses import replace

import pandas as pd

from backtrader_walkforward.forecasting import Forecasts, Predictor, WalkForward, make_predictor

History = tuple[pd.DataFrame, pd.DataFrame]
"""Prices and features, as the fixture `history` has them."""

WALK = WalkForward(first_test=60, lookback=5, retrain_every=25)
"""Three folds of 25, 25 and 10 days."""

WARM_WALK = replace(WALK, cold_start_every=12)
"""The same, where a network goes on from the weights of the first fold."""


SEARCH_WALK = replace(WALK, search_every=12)
"""The same, where a network trains for as many epochs as the first fit found."""


def small_lstm(seed: int = 7) -> Predictor:
    """Return a network that is trained in a moment."""
    return make_predictor("lstm", units=(4, 3, 2), dense=3, epochs=2, seed=seed)


def assert_same(one: Forecasts, other: Forecasts) -> None:
    """Assert that forecasts, and what was noted of their fits, are the same to the last bit."""
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert (one.epochs, one.out_of_range, one.fits) == (other.epochs, other.out_of_range, other.fits)
