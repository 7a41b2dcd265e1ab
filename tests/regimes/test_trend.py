import numpy as np
import pytest

from backtrader_walkforward.regimes.trend import TREND_DAYS, trend_regime
from backtrader_walkforward.settings.choices import REGIME_CODES

UP, DOWN = REGIME_CODES["uptrend"], REGIME_CODES["downtrend"]


def test_a_close_above_the_mean_of_200_is_an_uptrend_and_any_other_is_not():
    close = np.array([100.0] * 199 + [101.0, 100.0, 99.0, 102.0])
    np.testing.assert_array_equal(trend_regime(close), [np.nan] * 199 + [UP, DOWN, DOWN, UP])


@pytest.mark.parametrize("days", [1, 2, TREND_DAYS - 1])
def test_with_fewer_than_200_closes_there_is_no_trend(days):
    assert np.isnan(trend_regime(np.linspace(1, 2, days))).all()


def test_it_is_that_of_pandas_own_mean(sample):
    close = sample["Close"].iloc[:1_000]
    average = close.rolling(200).mean()
    expected = np.where(close > average, UP, DOWN)[199:]
    np.testing.assert_array_equal(trend_regime(close.to_numpy())[199:], expected)
    assert {UP, DOWN} == set(expected)
