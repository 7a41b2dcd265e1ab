"""The test of skill: laws, literal values, and its size and power in short."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.significance import ActiveAccount
from backtrader_walkforward.significance.skill_test import find_skill, hurdle

DAYS = pd.bdate_range("2018-01-01", periods=150)


def account(returns, market, days=DAYS, name="own"):
    return ActiveAccount(name=name, returns=pd.Series(returns, days), market=pd.Series(market, days))


def history(seed, correlation=0.0, days=150):
    """Return a market and four accounts that trade a forecast with this correlation with its next return."""
    random = np.random.default_rng(seed)
    market = random.normal(0.0005, 0.01, days)
    noise = random.normal(0, 1, days)
    forecast = correlation * (market - 0.0005) / 0.01 + np.sqrt(1 - correlation**2) * noise
    weights = {"sign": np.sign(forecast), "half": 0.5 * np.sign(forecast), "size": forecast, "up": 1.0 * (forecast > 0)}
    index = pd.bdate_range("2010-01-04", periods=days)
    return [account(weight * market, market, index, name) for name, weight in weights.items()]


def test_the_ratio_of_a_market_that_stands_still_by_hand():
    """Twenty days in six blocks; without skewness the ratio is the mean over its standard error from the blocks."""
    returns = np.tile([0.03, -0.01, -0.01, 0.03], 5)
    sums = [part.sum() - len(part) * 0.01 for part in np.split(returns, [4, 7, 10, 14, 17])]
    expected = 0.01 / (np.sqrt(np.square(sums).sum()) / 20)
    assert find_skill([account(returns, 0 * returns, DAYS[:20])]).t_ratio == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_size_and_a_share_of_the_market_change_nothing(seed):
    own = history(seed, 0.1)[:1]
    returns, market = own[0].returns, own[0].market
    plain, levered = find_skill(own), find_skill([account(3 * returns, market, returns.index)])
    assert find_skill([account(returns + 0.7 * market, market, returns.index)]).p_value == plain.p_value
    assert levered.t_ratio == pytest.approx(plain.t_ratio, rel=1e-9)
    assert levered.p_value == plain.p_value


def test_the_mirror_has_the_opposite_ratio():
    [own, *_] = history(3, 0.1)
    mirrored = find_skill([account(-own.returns, own.market, own.returns.index)])
    assert mirrored.t_ratio == pytest.approx(-find_skill([own]).t_ratio, rel=1e-9)


def test_copies_cost_nothing_and_other_ideas_do():
    own = history(4, 0.2)
    alone = find_skill(own)
    others = [one for seed in range(100, 130) for one in history(seed)]
    assert find_skill(own, own).p_value == alone.p_value
    found = find_skill(own, others)
    assert (found.t_ratio, found.earlier) == (alone.t_ratio, len(others))
    assert alone.p_value < found.p_value


def test_a_better_trial_is_judged_first_and_leaves_the_others():
    """Four forecasts like a skilled one are skilled, too: the worst of them needs no ratio above the best's luck."""
    ideas = [history(seed, 0.2) for seed in range(3)]
    ratios = [find_skill(idea).t_ratio for idea in ideas]
    best, *others = (ideas[place] for place in np.argsort(ratios)[::-1])
    worst, middle = others[::-1]
    among_all = find_skill(worst, [*middle, *best]).p_value
    assert find_skill(best, [*middle, *worst]).p_value <= find_skill(middle, [*best, *worst]).p_value <= among_all
    accounts = [account(one.returns, one.market, one.returns.index) for one in (*worst, *middle, *best)]
    largest = hurdle(accounts, worst[0].returns.index, among_all)
    assert find_skill(worst).t_ratio < largest


def test_a_trial_that_did_better_by_luck_alone_makes_no_worse_one_skill():
    """Two accounts that luck explains: the second is never more sure than the first."""
    for seed in range(20):
        first, second = sorted((history(seed)[:1], history(seed + 50)[:1]), key=lambda own: -find_skill(own).t_ratio)
        assert find_skill(second, first).p_value >= find_skill(first, second).p_value


@pytest.mark.parametrize("seed", range(10))
def test_more_trials_never_help(seed):
    own, others = history(seed, 0.15), [history(1000 + number)[number % 4] for number in range(seed, seed + 12)]
    p_values = [find_skill(own, others[:count]).p_value for count in range(len(others) + 1)]
    assert p_values == sorted(p_values)
    index = own[0].returns.index
    hurdles = [hurdle([*own, *others[:count]], index, 0.05) for count in range(len(others) + 1)]
    assert hurdles == sorted(hurdles)


def test_trials_count_on_the_days_that_they_share():
    own, other = history(5, 0.1), history(6)[0]
    elsewhere = account(other.returns.to_numpy(), other.market.to_numpy(), pd.bdate_range("1990-01-01", periods=150))
    assert find_skill(own, [elsewhere]) == find_skill(own)
    assert find_skill(own, [other]).earlier == 1
    for days, counts in ((19, 0), (20, 1)):
        some = account(other.returns[:days].to_numpy(), other.market[:days].to_numpy(), other.returns.index[:days])
        assert find_skill(own, [some]).earlier == counts


def test_a_trial_on_some_of_the_days_costs_no_more_than_one_on_all():
    """Its ratio comes from fewer blocks and has wider tails; the p-value rises by less than one case in 100."""
    own, costs = history(21, 0.3), []
    for seed in range(12):
        other = history(500 + seed)[0]
        some = account(other.returns[:100].to_numpy(), other.market[:100].to_numpy(), other.returns.index[:100])
        costs.append(find_skill(own, [some]).p_value - find_skill(own).p_value)
    assert max(costs) < 0.01


def test_a_search_on_a_part_of_the_days_is_no_skill_on_all():
    """The best of 300 ideas on 40 of 150 days, judged on all: a third looks like skill if the others are forgotten."""
    yes = {True: 0, False: 0}
    for seed in range(12):
        random = np.random.default_rng(seed)
        market = random.normal(0.0003, 0.01, 150)
        ideas = np.sign(random.normal(size=(300, 150))) * market
        ideas = ideas[np.argsort(-ideas[:, :40].mean(axis=1) / ideas[:, :40].std(axis=1))]
        tried = [account(idea[:40], market[:40], DAYS[:40], str(place)) for place, idea in enumerate(ideas[1:])]
        for counted in yes:
            yes[counted] += find_skill([account(ideas[0], market)], tried if counted else [], seed=seed).shows_skill
    assert yes[True] == 0
    assert yes[False] >= 2


def test_an_account_with_some_of_the_days_may_be_the_best():
    """A ticker that began late: its ratio has the rank that it has among its own histories."""
    [skilled, *_], [other, *_] = history(11, 0.5), history(12)
    late = account(skilled.returns[90:], skilled.market[90:], skilled.returns.index[90:], "late")
    found = find_skill([other, late], days=other.returns.index)
    assert (found.account, found.accounts) == ("late", 2)
    assert found.p_value < 0.04


def test_missing_returns_are_refused():
    [own, *_] = history(1)
    with pytest.raises(ArgumentError, match="returns of sign and its market must be finite"):
        find_skill(
            [
                account(
                    own.returns.where(own.returns.index != own.returns.index[7]), own.market, own.market.index, "sign"
                )
            ]
        )


def test_nothing_to_test():
    [own, *_] = history(1)
    assert find_skill([]) is None
    assert find_skill([account(0.3 * own.market, own.market, own.market.index)]) is None
    assert find_skill([account(own.returns[:19], own.market[:19], own.market.index[:19])]) is None


def test_two_lucky_days_are_no_skill():
    returns = np.zeros(150)
    returns[[40, 90]] = 0.05
    market = np.random.default_rng(2).normal(0, 0.01, 150)
    assert find_skill([account(returns, market)]).p_value > 0.1


def test_without_skill_it_says_yes_as_often_as_it_promises_and_with_skill_mostly():
    """100 histories each: 4 % promised at a first look, and two standard errors; .7 measured by the benchmark."""
    without = [find_skill(history(seed)).shows_skill for seed in range(100)]
    skilled = [find_skill(history(seed, 0.2)).shows_skill for seed in range(100)]
    assert np.mean(without) < 0.08
    assert np.mean(skilled) > 0.6


def test_a_market_that_rises_hides_no_skill_and_lends_none():
    found = []
    for drift in (-0.002, 0.002):
        random = np.random.default_rng(8)
        market = random.normal(drift, 0.01, 1000)
        sign = np.sign(0.15 * (market - drift) / 0.01 + random.normal(0, 1, 1000))
        index = pd.bdate_range("2010-01-04", periods=1000)
        found.append(find_skill([account(sign * market, market, index)]))
        assert find_skill([account(0.9 * market + random.normal(0, 0.001, 1000), market, index)]).p_value > 0.05
    assert all(one.is_strong for one in found)


def test_the_seed_decides_the_histories():
    own = history(9, 0.1)
    assert find_skill(own, seed=1) == find_skill(own, seed=1)
    assert find_skill(own, seed=1).p_value == pytest.approx(find_skill(own, seed=2).p_value, abs=0.03)
