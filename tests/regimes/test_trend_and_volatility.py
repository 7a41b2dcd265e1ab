"""The trend and the volatility regime, by numbers that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.regimes.compute import LEAST_DAYS, TREND_DAYS, trend_regime, volatility_regime
from backtrader_walkforward.settings.choices import REGIME_CODES

UP, DOWN = REGIME_CODES["uptrend"], REGIME_CODES["downtrend"]
LOW, MID, HIGH = (REGIME_CODES[name] for name in ("low_volatility", "mid_volatility", "high_volatility"))


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


def test_the_thirds_are_those_of_what_was_seen_up_to_the_day():
    """The terciles of 1 to 61 are 21 and 41. Then 21 is low, 41 is in the middle, and 1,000 is high."""
    seen = pd.Series([*range(1, 62), 21.0, 41.0, 42.0, 1000.0], dtype=float)
    found = volatility_regime(seen)
    np.testing.assert_array_equal(found[61:], [LOW, MID, HIGH, HIGH])
    assert found[60] == HIGH  # the largest so far


def test_before_60_volatilities_there_are_no_terciles():
    volatility = pd.Series([np.nan] * 20 + [0.01] * 70)
    found = volatility_regime(volatility)
    assert np.isnan(found[: 20 + LEAST_DAYS - 1]).all()
    assert (found[20 + LEAST_DAYS - 1 :] == LOW).all()


def test_a_day_without_a_volatility_is_in_no_third():
    volatility = pd.Series(np.linspace(1, 2, 80))
    volatility.iloc[70] = np.nan
    assert np.flatnonzero(np.isnan(volatility_regime(volatility))).tolist() == [*range(59), 70]


def test_the_unit_is_of_no_importance(sample):
    volatility = sample["Close"].pct_change().rolling(20).std().iloc[:800]
    np.testing.assert_array_equal(volatility_regime(4 * volatility), volatility_regime(volatility))
