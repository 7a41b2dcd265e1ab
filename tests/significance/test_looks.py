"""Repeated looks: what each may spend, and that all together keep the level."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from backtrader_walkforward.significance.looks import levels_of, levels_of_look, share_spent, standardised_sums
from backtrader_walkforward.significance.result import LEVEL

DAYS = pd.bdate_range("2018-01-01", periods=700)


def test_the_first_look_has_four_fifths():
    assert levels_of_look(DAYS[:150]) == pytest.approx((0.04, 0.008))


def test_who_looks_often_has_less_for_each_look():
    seldom = levels_of_look(DAYS[:400], [DAYS[:150]])
    often = levels_of_look(DAYS[:400], [DAYS[:end] for end in range(150, 400, 25)])
    assert 0 < often[0] < seldom[0] < 0.04
    assert 0 < often[1] < seldom[1] < 0.008


def test_other_days_have_a_test_of_their_own():
    """A look on days that share none with the first spends as if alone what is left: half of the last fifth."""
    assert levels_of_look(DAYS[150:300], [DAYS[:150]])[0] == pytest.approx(0.005, rel=0.15)


@pytest.mark.parametrize("rolling", [False, True])
@pytest.mark.parametrize("days", [150, 504, 2520])
def test_a_day_later_evidence_is_evidence_still(days, rolling):
    """The level of a day is less than that of one path in 100,000; 64 of 100 daily looks at ten years had none left."""
    index = pd.bdate_range("2018-01-01", periods=days + 1)
    level, strict_level = levels_of_look(index[int(rolling) :], [index[:days]])
    assert 0.024 < level < 0.04
    assert 0.0028 < strict_level < 0.008


def test_one_more_look_leaves_no_more_for_the_last():
    """A long look that ended before all others gave the last one five times its level."""
    looks = [DAYS[580:600], DAYS[:601]]
    assert levels_of_look(DAYS, [DAYS[:400], *looks])[0] <= levels_of_look(DAYS, looks)[0]


def test_each_day_for_a_quarter_keeps_the_level():
    looks = [DAYS[:end] for end in range(504, 567)]
    levels = levels_of(standardised_sums(looks), LEVEL * share_spent(looks))
    shocks = np.random.default_rng(5).standard_normal((20_000, 566))
    ratios = shocks.cumsum(axis=1)[:, 503:] / np.sqrt(np.arange(504, 567))
    assert 0.036 < (ndtr(-ratios) <= levels).any(axis=1).mean() < 0.046


@pytest.mark.parametrize("rolling", [False, True])
def test_all_looks_together_keep_the_level(rolling):
    """Paths without skill, looked at each month for a year: a yes at some time in 5 of 100 at most."""
    ends = range(150, 403, 21)
    looks = [DAYS[(end - 150) * rolling : end] for end in ends]
    levels = [levels_of_look(days, looks[:number])[0] for number, days in enumerate(looks)]
    shocks = np.random.default_rng(5).standard_normal((20_000, 403))
    sums = np.column_stack([np.zeros(len(shocks)), shocks.cumsum(axis=1)])
    first = [(end - 150) * rolling for end in ends]
    ratios = np.column_stack(
        [(sums[:, end] - sums[:, start]) / np.sqrt(end - start) for start, end in zip(first, ends, strict=True)]
    )
    said_yes = (ndtr(-ratios) <= levels).any(axis=1).mean()
    assert 0.04 < said_yes < 0.052
