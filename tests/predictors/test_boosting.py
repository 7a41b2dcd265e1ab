from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.predictors.boosting import LAGGED, Boosting
from backtrader_walkforward.predictors.ridge import Ridge
from threadpoolctl import threadpool_limits

from backtrader_walkforward.features import FEATURE_NAMES
from backtrader_walkforward.forecasting import Predictor, WalkForward, forecast
from backtrader_walkforward.plugins.workers import process_pool

HIGH_LOW, VOLATILITY = FEATURE_NAMES.index("high_low_ratio"), FEATURE_NAMES.index("volatility")
N_TRAIN = 2000


@pytest.fixture(scope="module")
def windows() -> np.ndarray:
    return np.random.default_rng(0).random((3000, 4, 31), np.float32)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Fit as the layer does: on a busy machine threads of OpenMP wait for each other."""
    with threadpool_limits(limits=1):
        yield


def correlation(predictor: Predictor, windows: np.ndarray, target: np.ndarray) -> float:
    """Fit on the first windows and correlate the forecasts of the others with what followed."""
    fitted = predictor.fit(windows[:N_TRAIN], target[:N_TRAIN])
    return float(np.corrcoef(fitted.predict(windows[N_TRAIN:]), target[N_TRAIN:])[0, 1])


def with_noise(signal: np.ndarray) -> np.ndarray:
    return signal + np.random.default_rng(1).normal(size=len(signal)) * 2 * signal.std()


def test_a_sign_that_another_column_turns_is_found_as_no_line_finds_it(windows: np.ndarray) -> None:
    today = windows[:, -1]
    target = with_noise((today[:, HIGH_LOW] - 0.5) * np.sign(today[:, VOLATILITY] - 0.5))
    assert correlation(Boosting(), windows, target) > 0.3
    assert abs(correlation(Ridge(), windows, target)) < 0.1


@pytest.mark.parametrize("column", LAGGED)
def test_a_day_before_is_seen(windows: np.ndarray, column: int) -> None:
    assert correlation(Boosting(), windows, with_noise(windows[:, -3, column])) > 0.3
    assert abs(correlation(Boosting(days_before=1), windows, with_noise(windows[:, -3, column]))) < 0.1


def test_noise_moves_the_forecast_little(windows: np.ndarray) -> None:
    noise = np.random.default_rng(2).normal(size=len(windows))
    boosting = Boosting().fit(windows[:N_TRAIN], noise[:N_TRAIN])
    assert boosting.predict(windows[N_TRAIN:]).std() < 0.15
    assert abs(correlation(boosting, windows, noise)) < 2 / np.sqrt(len(windows) - N_TRAIN)


def test_a_window_without_days_before_is_enough(windows: np.ndarray) -> None:
    target = with_noise(windows[:, -1, HIGH_LOW])
    assert correlation(Boosting(), windows[:, -1:], target) > 0.3


def test_no_number_of_workers_changes_a_bit(history: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    walk_forward = WalkForward(first_test=60, lookback=5, retrain_every=20)
    with process_pool(4) as pool:
        side_by_side = forecast(*history, Boosting(), walk_forward, pool).table
    pd.testing.assert_frame_equal(side_by_side, forecast(*history, Boosting(), walk_forward).table, check_exact=True)
