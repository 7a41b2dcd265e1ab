"""Probability of backtest overfitting at values that can be checked by hand."""

import doctest

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.significance import overfitting
from backtrader_walkforward.significance.overfitting import (
    all_halves,
    probability_of_overfitting,
    share_overfitted,
    sharpes_of,
)


def test_the_examples_in_the_docstrings_hold():
    outcome = doctest.testmod(overfitting)
    assert (outcome.failed, outcome.attempted) == (0, 2)


def test_a_winner_in_both_halves_is_not_overfitted_and_one_of_a_single_half_is():
    good, bad = [0.03, 0.01], [-0.03, -0.01]
    steady = np.transpose([good + good, bad + bad])
    turning = np.transpose([good + bad, bad + good])
    assert share_overfitted(steady, all_halves(2)) == 0.0
    assert share_overfitted(turning, all_halves(2)) == 1.0


def test_the_middle_of_three_counts_as_overfitted():
    """The best of one half is the second of three in the other half: rank / (N + 1) = 2 / 4, not above 1 / 2."""
    first, second = np.array([3.0, 2.0, 1.0]), np.array([2.0, 3.0, 1.0])
    returns = np.concatenate([[first + 1, first - 1], [second + 1, second - 1]])
    assert share_overfitted(returns, all_halves(2)) == 1.0


def test_the_first_day_that_fills_no_block_is_left_out():
    good, bad = [-9.0, 0.03, 0.01, 0.03, 0.01], [9.0, -0.03, -0.01, -0.03, -0.01]
    assert share_overfitted(np.transpose([good, bad]), all_halves(2)) == 0.0


def test_columns_that_differ_by_rounding_alone_are_equal():
    """Multiples of one column have one Sharpe ratio: each half picks a column of the middle rank, never above 1/2."""
    column = np.random.default_rng(5).normal(0.001, 0.01, 80)
    multiples = np.column_stack([share * column for share in (0.1, 0.3, 0.7, 1.0, 1.1)])
    assert share_overfitted(multiples, all_halves(8)) == 1.0


def test_sharpe_ratios_of_halves():
    returns = np.array([[0.01], [0.03], [0.05], [0.05]])
    assert sharpes_of(all_halves(2), returns.reshape(2, 2, 1)).ravel() == pytest.approx([2.0, 0.0])


def test_every_way_to_halve():
    halves = all_halves(6)
    assert halves.shape == (20, 6)
    assert (halves.sum(axis=1) == 3).all()
    assert len({tuple(row) for row in halves}) == 20


def test_noise_lies_in_its_band_and_skill_below_it():
    noise = np.random.default_rng(2).normal(0, 0.01, (160, 10))
    of_noise = probability_of_overfitting(pd.DataFrame(noise), length=1, seed=7)
    low, high = of_noise.band
    assert 0 < low < 0.5 < high < 1
    assert low <= of_noise.probability <= high
    assert of_noise.blocks == 16
    skilled = noise + 0.02 * (np.arange(10) == 4)
    assert probability_of_overfitting(pd.DataFrame(skilled), length=1, seed=7).probability == 0


def test_the_band_is_right_nine_times_in_ten():
    generator, inside = np.random.default_rng(4), 0
    for seed in range(40):
        noise = pd.DataFrame(generator.normal(0, 0.01, (60, 5)))
        found = probability_of_overfitting(noise, length=1, seed=seed)
        inside += found.band[0] <= found.probability <= found.band[1]
    assert inside >= 30


@pytest.mark.parametrize("shape", [(9, 5), (100, 1)])
def test_too_little_to_halve(shape):
    assert probability_of_overfitting(pd.DataFrame(np.ones(shape)), length=1, seed=7) is None
