import numpy as np
import pytest

from backtrader_walkforward.features.momentum import momentum, pct_change, rsi

nan = np.nan


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
    np.testing.assert_allclose(momentum(np.array([100.0, 110.0, 99.0]), 2), [nan, nan, -1.0])
