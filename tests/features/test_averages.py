import numpy as np
import pytest

from backtrader_walkforward.features.averages import ema, lag, macd, sma

nan = np.nan


def test_lag_is_the_close_days_ago() -> None:
    np.testing.assert_array_equal(lag(np.array([1.0, 2.0, 4.0]), 2), [nan, nan, 1.0])


def test_sma_is_the_mean_of_the_last_closes() -> None:
    np.testing.assert_allclose(sma(np.array([1.0, 2.0, 6.0, 7.0]), 3), [nan, nan, 3.0, 5.0])


def test_ema_begins_with_the_mean_and_moves_by_two_over_days_plus_one() -> None:
    closes = np.array([1.0, 2.0, 6.0, 7.0, 1.0])
    np.testing.assert_allclose(ema(closes, 3), [nan, nan, 3.0, 5.0, 3.0])


def test_macd_of_a_straight_line_is_the_lag_between_the_averages() -> None:
    line = 100.0 + np.arange(60)
    value, signal, difference = macd(line)
    assert np.isnan(value[:33]).all()
    assert value[33:] == pytest.approx(7.0)  # an n-day EMA of a line lags by (n - 1) / 2: 12.5 - 5.5
    assert signal[33:] == pytest.approx(7.0)
    assert difference[33:] == pytest.approx(0.0, abs=1e-9)


def test_macd_difference_is_macd_less_signal() -> None:
    closes = 100 + np.random.default_rng(1).normal(size=80).cumsum()
    value, signal, difference = macd(closes)
    np.testing.assert_array_equal(difference, value - signal)


def test_macd_meets_the_difference_of_the_averages() -> None:
    closes = 100 + np.random.default_rng(1).normal(size=300).cumsum()
    np.testing.assert_allclose(macd(closes)[0][200:], (ema(closes, 12) - ema(closes, 26))[200:], atol=1e-9)
