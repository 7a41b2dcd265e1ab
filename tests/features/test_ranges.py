import numpy as np
import pytest

from backtrader_walkforward.features.ranges import (
    atr,
    bollinger_bands,
    bollinger_position,
    bollinger_width,
    high_low_ratio,
    true_range,
    volatility,
)

nan = np.nan


def test_bollinger_bands_lie_two_population_deviations_from_the_mean() -> None:
    closes = np.array([99.0, 101.0] * 10)
    middle, upper, lower = bollinger_bands(closes)
    assert np.isnan(middle[:19]).all()
    assert (middle[19], upper[19], lower[19]) == pytest.approx((100.0, 102.0, 98.0))
    assert bollinger_width(middle, upper, lower)[19] == pytest.approx(0.04)
    assert bollinger_position(closes, upper, lower)[19] == pytest.approx(0.75)


@pytest.mark.parametrize("price", [0.1, 1 / 3, 2871.37])
@pytest.mark.parametrize("past", ["flat", "moving"])
def test_a_flat_price_stands_in_the_middle_of_bands_without_width(price: float, past: str) -> None:
    moves = np.random.default_rng(0).normal(0, 0.03 if past == "moving" else 0, 500)
    closes = np.r_[price * np.exp(np.cumsum(moves)), np.full(40, price)]
    middle, upper, lower = bollinger_bands(closes)
    assert bollinger_position(closes, upper, lower)[-20:] == pytest.approx(0.5)
    assert bollinger_width(middle, upper, lower)[-20:] == pytest.approx(0.0, abs=1e-6)


def test_volatility_is_the_sample_deviation_of_twenty_returns() -> None:
    closes = 100 * np.cumprod([1.0, *[1.01, 0.99] * 10])
    values = volatility(closes)
    assert np.isnan(values[:20]).all()
    assert values[20] == pytest.approx(0.01 * np.sqrt(20 / 19))


def test_volatility_of_a_flat_price_is_zero() -> None:
    assert volatility(np.r_[90.0, np.full(30, 100.0)])[-1] == 0.0


def test_true_range_counts_the_gap_from_the_last_close() -> None:
    high, low, close = np.array([[10.0, 12.0, 9.0, 9.5], [9.0, 11.0, 8.0, 8.5], [9.5, 11.5, 8.5, 9.0]])
    np.testing.assert_allclose(true_range(high, low, close), [nan, 2.5, 3.5, 1.0])


def test_atr_begins_with_the_mean_and_moves_by_a_fourteenth() -> None:
    high = np.r_[np.full(15, 101.0), 109.0]
    low = np.full(16, 99.0)
    values = atr(high, low, np.full(16, 100.0))
    assert np.isnan(values[:14]).all()
    np.testing.assert_allclose(values[14:], [2.0, 2.0 + (10.0 - 2.0) / 14])


def test_high_low_ratio_is_the_place_in_the_range_of_the_day() -> None:
    high, low, close = np.array([[10.0, 10.0, 10.0, 7.0], [6.0, 6.0, 6.0, 7.0], [10.0, 6.0, 7.0, 7.0]])
    np.testing.assert_array_equal(high_low_ratio(high, low, close), [1.0, 0.0, 0.25, 0.5])
