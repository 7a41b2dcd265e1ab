"""The formulas at published values, on noise and on real skill."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import kurtosis, skew

from backtrader_walkforward.significance.sharpe_tests import (
    deflated_sharpe_ratio,
    expected_best_sharpe,
    expected_maximum,
    minimum_backtest_length,
    minimum_track_record_length,
    probabilistic_sharpe_ratio,
    skewness_kurtosis,
)

NORMAL = {"skewness": 0.0, "kurtosis": 3.0}


def daily(annual):
    return annual / 252**0.5


def test_probabilistic_sharpe_ratio_of_the_paper():
    arguments = {"days": 24, "skewness": -2.448, "kurtosis": 10.164}
    assert probabilistic_sharpe_ratio(0.036 / 0.079, 0.0, **arguments) == pytest.approx(0.9127, abs=1e-4)
    assert probabilistic_sharpe_ratio(0.036 / 0.079, 0.1, **arguments) == pytest.approx(0.8554, abs=1e-4)


@pytest.mark.parametrize(("annual", "days"), [(1.0, 684), (2.0, 173)])
def test_minimum_track_record_length(annual, days):
    assert minimum_track_record_length(daily(annual), 0.0, **NORMAL) == pytest.approx(days, abs=1)


def test_after_the_minimum_track_record_the_probability_is_95_percent():
    days = minimum_track_record_length(0.1, 0.02, skewness=-1.0, kurtosis=8.0)
    assert probabilistic_sharpe_ratio(0.1, 0.02, days, skewness=-1.0, kurtosis=8.0) == pytest.approx(0.95)


@pytest.mark.parametrize("annual", [0.0, -1.0])
def test_no_record_is_long_enough_for_what_is_not_better(annual):
    assert minimum_track_record_length(daily(annual), 0.0, **NORMAL) is None
    assert minimum_backtest_length(20, annual) is minimum_backtest_length(20, None) is None


@pytest.mark.parametrize(("trials", "expected"), [(1, 0.0), (10, 1.575), (20, 1.901), (45, 2.236)])
def test_expected_maximum(trials, expected):
    assert expected_maximum(trials) == pytest.approx(expected, abs=1e-3)


def test_minimum_backtest_length():
    assert minimum_backtest_length(20, 1.0) == pytest.approx(3.6, abs=0.02)
    assert minimum_backtest_length(45, 1.0) == pytest.approx(5.0, abs=0.01)
    assert minimum_backtest_length(20, 2.0) == pytest.approx(minimum_backtest_length(20, 1.0) / 4)


def test_expected_best_sharpe_grows_with_spread_and_trials():
    assert expected_best_sharpe([0.0, 0.02], trials=20, days=150) == pytest.approx(0.02 / 2**0.5 * 1.901, abs=2e-5)
    assert expected_best_sharpe([0.1], trials=1, days=150) == 0


@pytest.mark.parametrize("seen", [[0.1], [], [0.0, 2.0], [-1.0, 0.0, 1.0]])
def test_trials_without_skill_are_no_further_apart_than_their_error(seen):
    """The largest deviation, 0.1 over 101 days, is also used for fewer than two trials."""
    assert expected_best_sharpe(seen, trials=20, days=101) == pytest.approx(0.1 * 1.901, abs=1e-4)


@pytest.mark.parametrize("trials", [1, 2, 3, 5, 20, 200, 10**6])
def test_the_best_without_skill_passes_less_than_once_in_twenty_however_they_depend(trials):
    assert trials * ndtr(-(expected_maximum(trials) + ndtri(0.95))) < 0.0500001


def test_the_best_of_curves_that_move_against_each_other_is_not_called_skill():
    """Half of the curves are the mirror image of the other half."""
    generator, called_skill = np.random.default_rng(3), 0
    for _ in range(200):
        half = generator.normal(0, 0.01, (2, 250))
        curves = np.concatenate([half, -half])
        sharpes = curves.mean(axis=1) / curves.std(axis=1, ddof=1)
        called_skill += deflated_sharpe_ratio(pd.Series(curves[sharpes.argmax()]), sharpes, trials=4) > 0.95
    assert called_skill <= 10


def test_skewness_and_kurtosis_are_those_of_scipy():
    returns = pd.Series([0.01, -0.02, 0.0, 0.05, -0.01])
    assert skewness_kurtosis(returns) == pytest.approx((skew(returns), kurtosis(returns, fisher=False)))


def test_more_trials_deflate_more():
    returns = pd.Series(np.random.default_rng(3).normal(0.001, 0.01, 250))
    few, many = (deflated_sharpe_ratio(returns, [0.0, 0.05, -0.05], trials) for trials in (3, 300))
    assert many < few


def test_the_best_of_many_random_curves_is_not_called_skill():
    generator, called_skill = np.random.default_rng(3), 0
    for _ in range(50):
        curves = generator.normal(0, 0.01, (20, 250))
        sharpes = curves.mean(axis=1) / curves.std(axis=1, ddof=1)
        called_skill += deflated_sharpe_ratio(pd.Series(curves[sharpes.argmax()]), sharpes, trials=20) > 0.95
    assert called_skill <= 3


def test_real_skill_is_called_skill():
    returns = pd.Series(np.random.default_rng(3).normal(0.004, 0.01, 250))
    assert deflated_sharpe_ratio(returns, [0.0, 0.05, -0.05, 0.4], trials=4) > 0.95


def test_many_similar_trials_of_other_runs_do_not_lower_the_expected_best():
    own = list(np.random.default_rng(3).normal(0, 0.05, 20))
    alone = expected_best_sharpe(own, 20, 250)
    assert expected_best_sharpe(own, 1020, 250, [own[0]] * 1000) == alone
    assert expected_best_sharpe(own, 40, 250, [-value for value in own]) > alone
