"""Intervals of Sharpe ratios from the bootstrap."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation.metrics import sharpe
from backtrader_walkforward.significance.bootstrap import (
    block_length,
    expected_best_sharpe,
    sharpe_intervals,
    stationary_bootstrap_indices,
)

RANDOM = pd.DataFrame(np.random.default_rng(5).normal(0.0005, 0.01, (250, 3)), columns=["a", "b", "c"])


def test_by_hand():
    """Four samples of three days. Of four points, the 95 % ends lie .075 of a step from the extremes."""
    returns = pd.DataFrame({"a": [0.01, -0.01, 0.03]})
    drawn = np.array([[0, 1, 2], [0, 0, 1], [1, 1, 2], [2, 2, 2]])
    sharpes = sorted(sharpe(returns["a"].iloc[row], 252) or 0.0 for row in drawn)
    low, high = sharpe_intervals(returns, drawn, 252)["a"]
    assert low == pytest.approx(sharpes[0] + 0.075 * (sharpes[1] - sharpes[0]))
    assert high == pytest.approx(sharpes[3] - 0.075 * (sharpes[3] - sharpes[2]))


def test_the_best_by_luck_is_the_mean_best_of_the_demeaned_days_drawn_again():
    """By hand, a draw at a time; the risk is that of all days."""
    drawn = stationary_bootstrap_indices(250, 3, seed=7, draws=50)
    means = [(RANDOM.iloc[row].mean() - RANDOM.mean()) / RANDOM.std() for row in drawn]
    best = [one.max() * 252**0.5 for one in means]
    assert expected_best_sharpe(RANDOM, drawn, 252) == pytest.approx(np.mean(best), rel=1e-9)


def test_an_account_that_moves_on_few_days_makes_no_huge_luck():
    """Draws without these days have no risk: the mean of the others was divided by rounding, 34 million."""
    few = pd.DataFrame({"few": np.zeros(150)})
    few.iloc[:3, 0] = (-0.004, -0.001, -0.002)
    drawn = stationary_bootstrap_indices(150, 2, seed=7)
    assert 0 < expected_best_sharpe(few.assign(b=RANDOM["b"].iloc[:150]), drawn, 252) < 3


def test_copies_do_not_change_the_best_by_luck_and_other_columns_raise_it():
    drawn = stationary_bootstrap_indices(250, 1, seed=7)
    alone, copied = RANDOM[["a"]], RANDOM[["a", "a", "a"]]
    assert expected_best_sharpe(copied, drawn, 252) == pytest.approx(expected_best_sharpe(alone, drawn, 252))
    assert expected_best_sharpe(RANDOM, drawn, 252) > expected_best_sharpe(alone, drawn, 252) + 0.5


def test_the_interval_of_independent_days_is_that_of_the_formula():
    """sd of a daily Sharpe ratio: sqrt((1 + s^2 / 2) / T), here 1.0 a year."""
    drawn = stationary_bootstrap_indices(250, 1, seed=7, draws=4000)
    ends = sharpe_intervals(RANDOM, drawn, 252)
    for name in RANDOM:
        middle = sharpe(RANDOM[name], 252)
        assert ends[name] == pytest.approx((middle - 1.96, middle + 1.96), abs=0.15)


def test_scale_changes_no_interval():
    drawn = stationary_bootstrap_indices(250, 3, seed=7, draws=100)
    ends, scaled = sharpe_intervals(RANDOM, drawn, 252), sharpe_intervals(0.01 * RANDOM, drawn, 252)
    assert list(scaled) == list(ends) == list(RANDOM)
    np.testing.assert_allclose(list(scaled.values()), list(ends.values()), rtol=1e-9)


def test_the_same_seed_draws_the_same_days_and_another_one_others():
    first = stationary_bootstrap_indices(50, 4, seed=1, draws=20)
    assert first.shape == (20, 50)
    assert (first == stationary_bootstrap_indices(50, 4, seed=1, draws=20)).all()
    assert (first != stationary_bootstrap_indices(50, 4, seed=2, draws=20)).any()


def test_days_are_drawn_in_blocks():
    drawn = stationary_bootstrap_indices(1000, 10, seed=1, draws=50)
    follows = (np.diff(drawn, axis=1) % 1000 == 1).mean()
    assert follows == pytest.approx(0.9, abs=0.01)


def test_the_length_of_a_block_is_the_mean_of_those_of_the_columns():
    """20.35 of a column that trends and 2.14 of one that does not: 11.24 on average."""
    trending = pd.Series(np.random.default_rng(5).normal(0, 0.01, 500)).ewm(alpha=0.2).mean()
    random = np.random.default_rng(6).normal(0, 0.01, 500)
    assert block_length(pd.DataFrame({"trending": trending, "random": random})) == 11


def test_blocks_grow_with_what_days_have_in_common_and_are_never_below_one():
    shocks = np.random.default_rng(5).normal(0, 0.01, 500)
    trending = pd.Series(shocks).ewm(alpha=0.2).mean().to_frame()
    assert block_length(trending) > 5
    assert block_length(pd.DataFrame({"alternating": shocks * 0.1 + 0.01 * (-1.0) ** np.arange(500)})) >= 1
    assert block_length(RANDOM) >= 1
