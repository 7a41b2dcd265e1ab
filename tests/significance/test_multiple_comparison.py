"""Hansen's test and the confidence set on noise, on skill and on degenerate series."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.significance.multiple_comparison import (
    first_twins,
    model_confidence_set,
    superior_predictive_ability,
)

DAYS = 400
NOISE = np.random.default_rng(11).normal(0, 0.01, (DAYS, 6))
MARKET = pd.Series(np.random.default_rng(12).normal(0.0003, 0.01, DAYS))


def variants(**columns):
    return pd.DataFrame(columns)


def p_value(returns, **more):
    return superior_predictive_ability(returns, MARKET, length=1, seed=7, **more)


def test_noise_is_not_better_than_the_market_and_skill_is():
    noise = pd.DataFrame(NOISE)
    assert p_value(noise) > 0.05
    assert p_value(noise.assign(skilled=NOISE[:, 0] + 0.003)) < 0.01


def test_one_volatile_variant_does_not_hide_the_skilled_one():
    assert p_value(variants(skilled=NOISE[:, 0] + 0.003, wild=50 * NOISE[:, 1])) < 0.01


def test_the_market_itself_at_any_scale_is_not_better():
    assert p_value(variants(half=0.5 * MARKET, whole=MARKET)) is None
    assert p_value(variants(half=0.5 * MARKET, noise=NOISE[:, 0])) == p_value(variants(noise=NOISE[:, 0]))


def test_a_flat_market_leaves_nothing_to_compare():
    assert superior_predictive_ability(pd.DataFrame(NOISE), 0 * MARKET, length=1, seed=7) is None


def test_noise_is_called_better_one_time_in_twenty():
    generator, rejected = np.random.default_rng(1), 0
    for seed in range(60):
        market, noise = pd.Series(generator.normal(0, 0.01, 150)), pd.DataFrame(generator.normal(0, 0.01, (150, 8)))
        rejected += superior_predictive_ability(noise, market, length=1, seed=seed, draws=200) < 0.05
    assert rejected <= 7


def test_the_confidence_set_keeps_equals_and_drops_the_worse():
    returns = variants(a=NOISE[:, 0], b=NOISE[:, 1], worse=NOISE[:, 2] - 0.004)
    assert model_confidence_set(returns, length=1, seed=7) == ("a", "b")
    best = returns.assign(best=NOISE[:, 3] + 0.006)
    assert model_confidence_set(best, length=1, seed=7) == ("best",)


@pytest.mark.parametrize(("less", "kept"), [(0.0, ("a", "other")), (0.0002, ("a",))])
def test_the_confidence_set_drops_at_ten_of_100(less, kept):
    """The p-values of the other column are .109 and .068."""
    assert model_confidence_set(variants(a=NOISE[:, 0], other=NOISE[:, 2] - less), length=1, seed=7) == kept


def test_variants_that_are_much_worse_cost_nothing():
    """.121 alone and beside five of them; Hansen's upper p-value, which counts them, is .382."""
    alone = variants(skilled=NOISE[:, 0] + 0.0005)
    awful = pd.DataFrame(NOISE[:, 1:] - 0.01)
    assert (p_value(alone), p_value(alone.join(awful))) == pytest.approx((0.121, 0.121), abs=0.01)


def test_twins_stand_or_fall_together():
    returns = variants(a=NOISE[:, 0], worse=NOISE[:, 2] - 0.004, b=3 * NOISE[:, 0], lesser=(NOISE[:, 2] - 0.004) / 2)
    assert model_confidence_set(returns, length=1, seed=7) == ("a", "b")
    assert first_twins((returns / returns.std()).to_numpy()).tolist() == [0, 1, 0, 1]
    assert model_confidence_set(returns[["a", "b"]], length=1, seed=7) == ("a", "b")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_figure(seed):
    noise = pd.DataFrame(NOISE)
    assert superior_predictive_ability(noise, MARKET, 2, seed) == superior_predictive_ability(noise, MARKET, 2, seed)
    assert model_confidence_set(noise, 2, seed) == model_confidence_set(noise, 2, seed)
