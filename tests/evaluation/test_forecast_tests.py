"""Tests of a forecast at values that can be checked by hand, and the laws they keep."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation.forecast_tests import (
    ForecastTest,
    clark_west,
    mean_absolute_scaled_error,
    persistent_bias,
    pesaran_timmermann,
    theils_u2,
)


def returns(*values):
    return pd.Series(values, dtype=float)


@pytest.fixture
def noise():
    return pd.Series(np.random.default_rng(3).normal(0, 0.01, 500))


def test_mean_absolute_scaled_error():
    past = returns(100, 102, 101)
    assert mean_absolute_scaled_error(returns(1, -2), past) == pytest.approx(1.5 / 1.5)
    assert mean_absolute_scaled_error(returns(3, 3), past) == pytest.approx(2.0)
    assert mean_absolute_scaled_error(returns(1, -2), returns(100)) is None
    assert mean_absolute_scaled_error(returns(1, -2), returns(100, 100)) is None


def test_persistent_error_share():
    """Stretches of two days with mean errors of 2 and -1, RMSE sqrt(3)."""
    assert persistent_bias(returns(1, 3, -1, -1), stretch=2) == pytest.approx(np.sqrt(2.5 / 3))
    assert persistent_bias(returns(1, -1, 1, -1), stretch=2) == 0
    assert persistent_bias(returns(*[5] * 30, *[5] * 12)) == pytest.approx(1.0)
    assert persistent_bias(returns(0, 0)) is None


def test_errors_of_chance_persist_by_the_root_of_21(noise):
    assert persistent_bias(noise) == pytest.approx(1 / np.sqrt(21), abs=0.08)
    assert persistent_bias(noise + 1) > 0.99


def test_theils_u2():
    assert theils_u2(returns(0.01, 0.0), returns(0.02, -0.01)) == pytest.approx(np.sqrt(2 / 5))
    assert theils_u2(returns(0, 0), returns(0.02, -0.01)) == 1.0
    assert theils_u2(returns(0.1), returns(0)) is None


def test_clark_west():
    """2 r p: 2, -2, 4 and 0 in ten thousandths; mean 1, sample variance 20 / 3."""
    tested = clark_west(returns(0.01, 0.01, 0.01, 0.01), returns(0.01, -0.01, 0.02, 0.0))
    assert tested.statistic == pytest.approx(1 / np.sqrt(20 / 3 / 4))
    assert tested.p_value == pytest.approx(0.2193, abs=1e-4)
    assert tested.days == 4


def test_clark_west_has_no_statistic_for_the_random_walk(noise):
    assert clark_west(0 * noise, noise) == ForecastTest(None, None, 500)
    assert clark_west(noise[:1], noise[:1]) == ForecastTest(None, None, 1)


def test_clark_west_looks_at_what_a_forecast_knows_and_not_at_its_size(noise):
    small, large = clark_west(0.1 * noise, noise), clark_west(3 * noise, noise)
    assert small.statistic == pytest.approx(large.statistic)
    assert small.p_value < 1e-9
    assert clark_west(-noise, noise).statistic == pytest.approx(-small.statistic)


def test_pesaran_timmermann():
    """x = 1/2, y = 3/4, P = 3/4, P* = 1/2: 0.25 / sqrt(0.0625 - 0.02734375)."""
    tested = pesaran_timmermann(returns(1, 2, -1, -2), returns(1, 1, -1, 1))
    assert tested.statistic == pytest.approx(0.25 / 0.1875)
    assert tested.p_value == pytest.approx(0.0912, abs=1e-4)
    assert tested.days == 4


def test_days_without_a_move_do_not_count():
    tested = pesaran_timmermann(returns(1, 2, -1, -2, 0, 1), returns(1, 1, -1, 1, 1, 0))
    assert (tested.days, tested.statistic) == (4, pytest.approx(0.25 / 0.1875))


def test_a_sign_that_never_changes_foretells_nothing(noise):
    assert pesaran_timmermann(noise.abs(), noise) == ForecastTest(None, None, 500)
    assert pesaran_timmermann(noise, noise.abs()) == ForecastTest(None, None, 500)
    assert pesaran_timmermann(0 * noise, noise) == ForecastTest(None, None, 0)


@pytest.mark.parametrize("test", [clark_west, pesaran_timmermann])
def test_chance_is_called_knowledge_one_time_in_twenty(test):
    generator = np.random.default_rng(8)
    pairs = [pd.DataFrame(generator.normal(0, 0.01, (150, 2))) for _ in range(400)]
    rejected = sum(test(pair[0], pair[1]).p_value < 0.05 for pair in pairs)
    assert 8 <= rejected <= 34


def test_53_of_100_hits_take_1700_days_to_see():
    """So many days, with half of all forecasts and returns above 0, make 53 % the edge of significance."""
    seen = returns(*[1.0, -1.0] * 850)
    forecast = seen.copy()
    wrong = [day for half in (0, 1) for day in range(half, 2 * 399 + half, 2)]
    forecast.iloc[wrong] *= -1
    assert (forecast == seen).mean() == pytest.approx(0.53, abs=1e-3)
    assert 0.005 < pesaran_timmermann(forecast, seen).p_value < 0.01
    assert pesaran_timmermann(forecast.iloc[400:1100], seen.iloc[400:1100]).p_value > 0.05
