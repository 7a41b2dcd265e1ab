"""What every predictor in the folder keeps to."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from backtrader_walkforward.forecasting import Predictor, WalkForward, find_predictors, forecast, make_predictor
from backtrader_walkforward.forecasting.windows import make_windows, next_target

TINY = {"units": (4, 3, 2), "dense": 3, "epochs": 2, "batch_size": 16}
LOOKBACK = 5
N_TRAIN = 60

History = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(
    params=[(name, target) for name in sorted(find_predictors()) for target in ("return", "price", "traded")]
)
def predictor(request: pytest.FixtureRequest) -> Predictor:
    name, target = request.param
    return make_predictor(name, target=target, **TINY)


def inputs(predictor: Predictor) -> str:
    return "raw" if predictor.target == "price" else "scale-free"


@pytest.fixture
def windows(history: History) -> np.ndarray:
    return make_windows(history[1].dropna().to_numpy(), LOOKBACK)


@pytest.fixture
def target(history: History, predictor: Predictor) -> np.ndarray:
    return next_target(history[0][-120:], predictor.target)[LOOKBACK - 1 :][:N_TRAIN]


def test_the_constructor_only_stores(predictor: Predictor) -> None:
    assert vars(predictor) == predictor.get_params()
    assert clone(predictor).get_params() == predictor.get_params()


def test_fit_returns_itself_and_leaves_its_settings(
    predictor: Predictor, windows: np.ndarray, target: np.ndarray
) -> None:
    before = predictor.get_params()
    assert predictor.fit(windows[:N_TRAIN], target) is predictor
    assert predictor.get_params() == before
    assert all(name.endswith("_") for name in vars(predictor) if name not in before)


def test_forecasts_are_finite_one_a_window(predictor: Predictor, windows: np.ndarray, target: np.ndarray) -> None:
    forecasts = predictor.fit(windows[:N_TRAIN], target).predict(windows[N_TRAIN:])
    assert forecasts.shape == (len(windows) - N_TRAIN,)
    assert forecasts.dtype == float
    assert np.isfinite(forecasts).all()


def test_the_input_is_left_alone(predictor: Predictor, windows: np.ndarray, target: np.ndarray) -> None:
    own_windows, own_target = windows.copy(), target.copy()
    predictor.fit(own_windows[:N_TRAIN], own_target).predict(own_windows)
    np.testing.assert_array_equal(own_windows, windows)
    np.testing.assert_array_equal(own_target, target)


def test_a_forecast_hangs_on_its_own_window_alone(
    predictor: Predictor, windows: np.ndarray, target: np.ndarray
) -> None:
    predictor.fit(windows[:N_TRAIN], target)
    whole = predictor.predict(windows)
    for n_windows in (1, 2, 7, 33):
        np.testing.assert_array_equal(predictor.predict(windows[:n_windows]), whole[:n_windows])


def test_the_same_seed_gives_the_same_bits_whatever_was_fitted_between(
    predictor: Predictor, windows: np.ndarray, target: np.ndarray
) -> None:
    first = clone(predictor).fit(windows[:N_TRAIN], target)
    before = first.predict(windows)
    other = clone(predictor).set_params(seed=99).fit(windows[:40], target[:40] * 1.1)
    other.predict(windows)
    again = clone(predictor).fit(windows[:N_TRAIN], target)
    np.testing.assert_array_equal(again.predict(windows), before)
    np.testing.assert_array_equal(first.predict(windows), before)


def test_a_flat_price_is_forecast_to_stay_finite(predictor: Predictor) -> None:
    still = np.ones((30, LOOKBACK, 31))
    forecasts = predictor.fit(still[:25], np.full(25, 100.0 if predictor.target == "price" else 0.0)).predict(still)
    assert np.isfinite(forecasts).all()


def test_the_future_changes_no_forecast(predictor: Predictor, history: History) -> None:
    prices, features = history[0].copy(), history[1].copy()
    walk_forward = WalkForward(first_test=60, lookback=LOOKBACK, retrain_every=30)
    before = forecast(prices, features, predictor, walk_forward, inputs=inputs(predictor)).table
    cut = before.index[35]
    prices[prices.index > cut] *= 7.0
    features[features.index > cut] = -1e3
    after = forecast(prices, features, predictor, walk_forward, inputs=inputs(predictor)).table
    pd.testing.assert_frame_equal(before[:cut], after[:cut], check_exact=True)


def test_a_shorter_history_gives_the_first_forecasts_of_a_longer_one(predictor: Predictor, history: History) -> None:
    prices, features = history
    walk_forward = WalkForward(first_test=60, lookback=LOOKBACK, retrain_every=30)
    whole = forecast(prices, features, predictor, walk_forward, inputs=inputs(predictor)).table
    part = forecast(prices[:-13], features[:-13], predictor, walk_forward, inputs=inputs(predictor)).table
    pd.testing.assert_frame_equal(part, whole[:-13], check_exact=True)
