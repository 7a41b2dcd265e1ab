"""Tests of a forecast at values that can be checked by hand, the laws they keep, and how often chance passes them."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from backtrader_walkforward.evaluation.forecast.forecast_tests import (
    ForecastTest,
    autocovariances,
    clark_west,
    mean_absolute_scaled_error,
    mean_test,
    newey_west_weights,
    persistent_bias,
    pesaran_timmermann,
    r_squared,
    spread_within_folds,
)

FIVE_YEARS, TWO_YEARS, FOLD = 1260, 504, 21
DRIFT, VOLATILITY = 0.00066, 0.01
"""An annual Sharpe ratio of 1.05, as that of the S&P 500 in good decades."""


def returns(*values):
    return pd.Series(values, dtype=float)


@pytest.fixture
def noise():
    return pd.Series(np.random.default_rng(3).normal(0, 0.01, 500))


def test_mean_absolute_scaled_error():
    past = returns(0.02, -0.01)
    assert mean_absolute_scaled_error(returns(0.01, -0.02), past) == pytest.approx(1.0)
    assert mean_absolute_scaled_error(returns(0.03, 0.03), past) == pytest.approx(2.0)
    assert mean_absolute_scaled_error(returns(0.01, -0.02), returns()) is None
    assert mean_absolute_scaled_error(returns(0.01, -0.02), returns(0)) is None


def test_persistent_error_share():
    """Stretches of two days with mean errors of 2 and -1, RMSE sqrt(3)."""
    assert persistent_bias(returns(1, 3, -1, -1), stretch=2) == pytest.approx(np.sqrt(2.5 / 3))
    assert persistent_bias(returns(1, -1, 1, -1), stretch=2) == 0
    assert persistent_bias(returns(*[5] * 30, *[5] * 12)) == pytest.approx(1.0)
    assert persistent_bias(returns(0, 0)) is None


def test_errors_of_chance_persist_by_the_root_of_21(noise):
    assert persistent_bias(noise) == pytest.approx(1 / np.sqrt(21), abs=0.08)
    assert persistent_bias(noise + 1) > 0.99


def test_r_squared():
    """Errors of 1 and 1 beside 2 and -1 against 0, and beside 1 and -2 against 1."""
    predicted, actual = returns(1, 0), returns(2, -1)
    assert r_squared(predicted, actual, 0.0) == pytest.approx(1 - 2 / 5)
    assert r_squared(predicted, actual, returns(1, 1)) == pytest.approx(1 - 2 / 5)
    assert r_squared(predicted, actual, actual) is None
    assert r_squared(actual, actual, 0.0) == 1.0
    assert r_squared(-actual, actual, 0.0) == -3.0


def test_spread_within_folds():
    """1 and 3 around 2, 11 and 13 around 12: squares of 4 with two degrees of freedom; returns with variance 8."""
    predicted, fold = returns(1, 3, 11, 13), returns(0, 0, 1, 1)
    actual = returns(0, np.sqrt(24), 0, 0) - 7
    assert actual.var() == pytest.approx(6)
    assert spread_within_folds(predicted, actual, fold) == pytest.approx(np.sqrt(2 / 6))
    assert spread_within_folds(returns(5, 5, 9, 9), actual, fold) == 0
    assert spread_within_folds(predicted, actual, returns(0, 1, 2, 3)) is None
    assert spread_within_folds(predicted, 0 * actual, fold) is None


@pytest.mark.parametrize(("days", "lags"), [(20, 2), (99, 3), (100, 4), (150, 4), (500, 5), (2520, 8)])
def test_the_bandwidth_is_that_of_newey_and_west(days, lags):
    weights = newey_west_weights(days)
    assert len(weights) == lags + 1
    assert weights[0] == 1
    assert weights[1:].tolist() == pytest.approx([2 * (1 - lag / (lags + 1)) for lag in range(1, lags + 1)])


def test_a_mean_is_tested_with_its_autocovariances():
    """1, -1, 1 and 3 around 1: autocovariances 8/4 and 0 at the lags 0 and 1; 1 / sqrt(2 / 3)."""
    values = returns(1, -1, 1, 3)
    assert autocovariances(values, 2).tolist() == [2.0, 0.0]
    tested = mean_test(values)
    assert tested.statistic == pytest.approx(1 / np.sqrt(2 / 3))
    assert tested.p_value == pytest.approx(0.1540, abs=1e-4)
    assert tested.days == 4


def test_autocorrelation_widens_the_error_of_a_mean(noise):
    """A sum of two days has twice the long-run variance that it seems to have."""
    pairs = (noise + noise.shift(1)).dropna() + 0.001
    plain = float(pairs.mean() / pairs.std() * np.sqrt(len(pairs)))
    assert mean_test(pairs).statistic == pytest.approx(plain / np.sqrt(1 + 5 / 6), rel=0.1)


def test_clark_west():
    """2 (r - m)(p - m), m = .01: 0, 0, 2 and -2 times -.01 in ten thousandths."""
    predicted, benchmark = returns(0.01, 0.01, 0.02, 0.02), returns(*[0.01] * 4)
    actual = returns(0.01, -0.01, 0.02, 0.0)
    tested = clark_west(predicted, actual, benchmark)
    adjusted = returns(0, 0, 2e-4, -2e-4)
    assert tested == mean_test(adjusted) == ForecastTest(pytest.approx(0, abs=1e-9), pytest.approx(0.5), 4)
    without_drift = (actual - benchmark) ** 2 - ((actual - predicted) ** 2 - (predicted - benchmark) ** 2)
    assert without_drift.tolist() == pytest.approx(adjusted.tolist())


def test_clark_west_has_no_statistic_for_the_benchmark_itself(noise):
    mean = 0 * noise + 0.0003
    assert clark_west(mean, noise, mean) == ForecastTest(None, None, 500)
    assert clark_west(noise[:1], noise[:1], mean[:1]) == ForecastTest(None, None, 1)


def test_clark_west_looks_at_what_a_forecast_knows_and_not_at_its_size(noise):
    none = 0 * noise
    small, large = clark_west(0.1 * noise, noise, none), clark_west(3 * noise, noise, none)
    assert small.statistic == pytest.approx(large.statistic)
    assert small.p_value < 1e-9
    assert clark_west(-noise, noise, none).statistic == pytest.approx(-small.statistic)


def test_pesaran_timmermann():
    """x = 1/2, y = 3/4, both at once 1/2: covariance 1/8; lag 0: 1/4 * 3/16, lag 1: 1/16 * -5/64."""
    tested = pesaran_timmermann(returns(1, 2, -1, -2), returns(1, 1, -1, 1))
    assert tested.statistic == pytest.approx(1 / 8 / np.sqrt((3 / 64 - 5 / 1024) / 3))
    assert tested.days == 4


def test_days_without_a_move_do_not_count():
    tested = pesaran_timmermann(returns(1, 2, -1, -2, 0, 1), returns(1, 1, -1, 1, 1, 0))
    assert tested == pesaran_timmermann(returns(1, 2, -1, -2), returns(1, 1, -1, 1))


def test_a_sign_that_never_changes_foretells_nothing(noise):
    assert pesaran_timmermann(noise.abs(), noise) == ForecastTest(None, None, 500)
    assert pesaran_timmermann(noise, noise.abs()) == ForecastTest(None, None, 500)
    assert pesaran_timmermann(0 * noise, noise) == ForecastTest(None, None, 0)


def test_53_of_100_hits_take_1700_days_to_see():
    """So many days, with half of all forecasts and returns above 0, make 53 % the edge of significance."""
    generator = np.random.default_rng(2)
    seen = pd.Series(generator.permutation([1.0, -1.0] * 850))
    forecast = seen.copy()
    for sign in (1, -1):
        forecast[generator.permutation(seen.index[seen == sign])[:399]] *= -1
    assert (forecast == seen).mean() == pytest.approx(0.53, abs=1e-3)
    assert 0.003 < pesaran_timmermann(forecast, seen).p_value < 0.012
    assert pesaran_timmermann(forecast.iloc[:700], seen.iloc[:700]).p_value > 0.05


def markets(days, trained=350, runs=400, memory=0.0):
    """Draw returns with drift, forecasts of their histories, and the training mean of each day's fold."""
    generator = np.random.default_rng(8)
    for _ in range(runs):
        history = DRIFT + lfilter([1], [1, -memory], generator.normal(0, VOLATILITY, trained + days))
        so_far = np.cumsum(history) / np.arange(1, len(history) + 1)
        known = trained - 2 + np.arange(days) // FOLD * FOLD
        slow = pd.Series(generator.normal(0, 0.002, days)).ewm(span=10).mean().to_numpy()
        yield pd.DataFrame(
            {
                "actual": history[trained:],
                "training_mean": so_far[known],
                "historical_mean": so_far[trained - 1 : -1],
                "noise": so_far[known] + generator.normal(0, 0.002, days),
                "slow_noise": so_far[known] + slow,
            }
        )


def share_called_significant(test, drawn):
    p_values = [test(market) for market in drawn]
    return np.mean([p_value is not None and p_value < 0.05 for p_value in p_values])


def test_the_historical_mean_is_no_knowledge_in_95_of_100_tests_of_two_years():
    """Against the driftless walk it is called knowledge in 44."""
    drawn = list(markets(TWO_YEARS, FIVE_YEARS))
    against_mean = share_called_significant(
        lambda one: clark_west(one["historical_mean"], one["actual"], one["training_mean"]).p_value, drawn
    )
    against_walk = share_called_significant(
        lambda one: clark_west(one["historical_mean"], one["actual"], 0 * one["actual"]).p_value, drawn
    )
    assert 0.02 < against_mean < 0.07
    assert 0.35 < against_walk < 0.5


def test_a_forecast_without_knowledge_passes_one_benchmark_and_not_both():
    """A tenth of the training mean is no knowledge, and beats a mean that was too high."""
    drawn = list(markets(TWO_YEARS))

    def p_values(one):
        return [
            clark_west(0.1 * one["training_mean"], one["actual"], mean).p_value for mean in (one["training_mean"], 0.0)
        ]

    assert 0.08 < share_called_significant(lambda one: p_values(one)[0], drawn) < 0.2
    assert share_called_significant(lambda one: max(p_values(one)), drawn) < 0.05


@pytest.mark.parametrize("forecast", ["noise", "slow_noise"])
@pytest.mark.parametrize(("days", "memory"), [(20, 0.0), (150, 0.3), (TWO_YEARS, 0.0)])
def test_chance_is_called_knowledge_one_time_in_twenty(days, memory, forecast):
    """Also where forecasts and returns are autocorrelated: plain errors would make it one in ten."""
    drawn = list(markets(days, runs=1000 if days == 20 else 400, memory=memory))
    nested = share_called_significant(
        lambda one: clark_west(one[forecast], one["actual"], one["training_mean"]).p_value, drawn
    )
    direction = share_called_significant(
        lambda one: pesaran_timmermann(one[forecast] - one["training_mean"], one["actual"]).p_value, drawn
    )
    assert 0.02 < nested < 0.085
    assert 0.02 < direction < 0.085
