"""The formula of each indicator, by numbers that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.features.indicators import (
    INDICATORS,
    Bars,
    high_low_ratio,
    lag,
    pct_change,
    rsi,
    sma,
    volatility,
    volume_change,
    volume_ratio,
    volume_sma,
)

nan = np.nan


def columns(*names: str, close: np.ndarray, **prices: np.ndarray) -> list[np.ndarray]:
    """Return columns of the table. What is not given is the close."""
    given = {name: prices.get(name.lower(), close) for name in ("Open", "High", "Low", "Close", "Volume")}
    bars = Bars(pd.DataFrame(given))
    return [INDICATORS[name].compute(bars) for name in names]


def bands_of(close: np.ndarray) -> list[np.ndarray]:
    return columns("bb_middle", "bb_upper", "bb_lower", "bb_width", "bb_position", close=close)


def macd(close: np.ndarray) -> list[np.ndarray]:
    return columns("macd", "macd_signal", "macd_diff", close=close)


def test_lag_is_the_close_days_ago() -> None:
    np.testing.assert_array_equal(lag(np.array([1.0, 2.0, 4.0]), 2), [nan, nan, 1.0])


def test_sma_is_the_mean_of_the_last_closes() -> None:
    np.testing.assert_allclose(sma(np.array([1.0, 2.0, 6.0, 7.0]), 3), [nan, nan, 3.0, 5.0])


def test_ema_begins_with_the_mean_and_moves_by_two_over_days_plus_one() -> None:
    [values] = columns("ema_12", close=np.array([*range(1, 13), 13.0, 0.5]))
    assert np.isnan(values[:11]).all()
    np.testing.assert_allclose(values[11:], [6.5, 7.5, 7.5 + 2 / 13 * (0.5 - 7.5)])


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
    value, short, long = columns("macd", "ema_12", "ema_26", close=closes)
    np.testing.assert_allclose(value[200:], (short - long)[200:], atol=1e-9)


def test_rsi_weighs_rises_against_falls() -> None:
    closes = np.cumsum([100.0] + [3.0, -1.0] * 7 + [5.0])
    values = rsi(closes)
    assert np.isnan(values[:14]).all()
    assert values[14] == pytest.approx(75.0)  # average rise 21/14, average fall 7/14
    rise, fall = (1.5 * 13 + 5) / 14, 0.5 * 13 / 14
    assert values[15] == pytest.approx(100 * rise / (rise + fall))


@pytest.mark.parametrize(("step", "expected"), [(1.0, 100.0), (-1.0, 0.0), (0.0, 50.0)])
def test_rsi_of_a_price_that_only_rises_falls_or_stands(step: float, expected: float) -> None:
    assert rsi(100 + step * np.arange(20))[14:] == pytest.approx(expected)


def test_rsi_of_a_price_that_stands_for_years_ends_neutral() -> None:
    closes = np.r_[100.0, 99.0, np.full(600, 99.0)]
    assert rsi(closes)[-1] == 50.0


def test_pct_change_is_the_return_over_the_days() -> None:
    np.testing.assert_allclose(pct_change(np.array([100.0, 110.0, 99.0]), 1), [nan, 0.1, -0.1])
    np.testing.assert_allclose(pct_change(np.array([100.0, 110.0, 99.0]), 2), [nan, nan, -0.01])


def test_momentum_is_the_change_in_points() -> None:
    [values] = columns("momentum_5", close=np.array([100.0, 104.0, 103.0, 102.0, 110.0, 99.0, 105.5]))
    np.testing.assert_allclose(values, [*[nan] * 5, -1.0, 1.5])


def test_bollinger_bands_lie_two_population_deviations_from_the_mean() -> None:
    middle, upper, lower, width, position = bands_of(np.array([99.0, 101.0] * 10))
    assert np.isnan(middle[:19]).all()
    assert (middle[19], upper[19], lower[19]) == pytest.approx((100.0, 102.0, 98.0))
    assert (width[19], position[19]) == pytest.approx((0.04, 0.75))


@pytest.mark.parametrize("price", [0.1, 1 / 3, 2871.37])
@pytest.mark.parametrize("past", ["flat", "moving"])
def test_a_flat_price_stands_in_the_middle_of_bands_without_width(price: float, past: str) -> None:
    moves = np.random.default_rng(0).normal(0, 0.03 if past == "moving" else 0, 500)
    closes = np.r_[price * np.exp(np.cumsum(moves)), np.full(40, price)]
    *_, width, position = bands_of(closes)
    assert position[-20:] == pytest.approx(0.5)
    assert width[-20:] == pytest.approx(0.0, abs=1e-6)


def test_volatility_is_the_sample_deviation_of_twenty_returns() -> None:
    closes = 100 * np.cumprod([1.0, *[1.01, 0.99] * 10])
    values = volatility(closes)
    assert np.isnan(values[:20]).all()
    assert values[20] == pytest.approx(0.01 * np.sqrt(20 / 19))


def test_volatility_of_a_flat_price_is_zero() -> None:
    assert volatility(np.r_[90.0, np.full(30, 100.0)])[-1] == 0.0


def test_true_range_counts_the_gap_from_the_last_close() -> None:
    high, low, close = np.array([[10.0, 12.0, 9.0, 9.5], [9.0, 11.0, 8.0, 8.5], [9.5, 11.5, 8.5, 9.0]])
    [values] = columns("true_range", high=high, low=low, close=close)
    np.testing.assert_allclose(values, [nan, 2.5, 3.5, 1.0])


def test_atr_begins_with_the_mean_and_moves_by_a_fourteenth() -> None:
    high = np.r_[np.full(15, 101.0), 109.0]
    [values] = columns("atr_14", high=high, low=np.full(16, 99.0), close=np.full(16, 100.0))
    assert np.isnan(values[:14]).all()
    np.testing.assert_allclose(values[14:], [2.0, 2.0 + (10.0 - 2.0) / 14])


def test_high_low_ratio_is_the_place_in_the_range_of_the_day() -> None:
    high, low, close = np.array([[10.0, 10.0, 10.0, 7.0], [6.0, 6.0, 6.0, 7.0], [10.0, 6.0, 7.0, 7.0]])
    np.testing.assert_array_equal(high_low_ratio(high, low, close), [1.0, 0.0, 0.25, 0.5])


def test_volume_change_is_zero_after_a_day_without_volume() -> None:
    np.testing.assert_array_equal(volume_change(np.array([4.0, 6.0, 0.0, 0.0, 5.0])), [nan, 0.5, -1.0, 0.0, 0.0])


def test_volume_sma_is_the_mean_of_the_last_days() -> None:
    np.testing.assert_array_equal(volume_sma(np.array([1.0, 3.0, 8.0]), days=2), [nan, 2.0, 5.5])


def test_volume_sma_without_volume_is_exactly_zero() -> None:
    volume = np.r_[np.random.default_rng(0).random(100) * 1e9, np.zeros(20)]
    assert volume_sma(volume)[-1] == 0.0


def test_volume_ratio_is_one_where_nothing_is_traded() -> None:
    volume = np.array([2.0, 6.0, 0.0, 0.0])  # averages of two: 4, 3, 0
    np.testing.assert_array_equal(volume_ratio(volume, days=2), [nan, 1.5, 0.0, 1.0])
