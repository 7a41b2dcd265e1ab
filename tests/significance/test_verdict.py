"""The words of the verdict, and the figure behind each."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import BacktestResult, Comparison, Metrics
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.significance.result import SkillTest, VariantSignificance
from backtrader_walkforward.significance.verdict.answer import PRACTICE
from backtrader_walkforward.significance.verdict.longer_test import days_needed
from backtrader_walkforward.significance.verdict.luck_sentences import cases_of_100
from backtrader_walkforward.significance.verdict.verdict import with_verdict

DAYS = pd.bdate_range("2024-01-01", periods=151)


def result(name, total_return, sharpe, weights):
    equity = pd.Series(np.linspace(100.0, 100.0 * (1 + total_return), 151), DAYS)
    held = pd.Series(np.resize(weights, 151), DAYS)
    return BacktestResult(
        name=name,
        kind="Pure",
        equity=equity,
        accounts=pd.DataFrame({"active": equity}),
        returns=equity.pct_change().iloc[1:],
        weights=held,
        exposure=held,
        fills=pd.DataFrame(),
        trades=pd.DataFrame(),
        metrics=Metrics({"total_return": total_return, "sharpe": sharpe, "trades": 9}),
    )


@pytest.fixture
def comparison():
    """An account that is long on every other day, one that is idle, and buy & hold."""
    results = [result("kelly", 0.161, 0.57, [0.5, 0.0]), result("binary", 0.0, None, [0.0])]
    return Comparison.of(results, result("buy_and_hold", 0.23, 0.6, [1.0]))


def judging(p_value=0.271, t_ratio=1.2, **figures):
    skill = SkillTest(account="kelly", t_ratio=t_ratio, p_value=p_value, days=150, accounts=5, **figures)
    interval = {"kelly": VariantSignificance(sharpe_interval=(-0.54, 1.76))}
    return Significance(skill=skill, expected_best_sharpe=1.04, variants=interval)


@pytest.mark.parametrize(
    ("p_value", "headline", "reason"),
    [
        (0.0004, "Strong evidence of skill", "under 0.1 of 100 cases; 1 or fewer count as strong evidence."),
        (0.01, "Strong evidence of skill", "1.0 of 100 cases; 1 or fewer count as strong evidence."),
        (0.0102, "Evidence of skill", "1.02 of 100 cases; 5 or fewer count as evidence."),
        (0.05, "Evidence of skill", "5.0 of 100 cases; 5 or fewer count as evidence."),
        (0.0503, "No evidence of skill", "5.03 of 100 cases; 5 or fewer count as evidence."),
        (0.97, "No evidence of skill", "97 of 100 cases; 5 or fewer count as evidence."),
    ],
)
def test_the_p_value_decides(comparison, p_value, headline, reason):
    found = with_verdict(judging(p_value, t_ratio=0.1), comparison)
    assert (found.headline, found.reason) == (headline, f"Luck alone does as well in {reason}")
    assert found.shows_skill == (headline != "No evidence of skill")
    assert ("It is skill, or a leak: the command audit looks for leaks." in found.verdict) == found.shows_skill


def test_the_verdict_is_the_answer_the_reason_and_the_figures(comparison):
    assert with_verdict(judging(), comparison, bars=503).verdict.split("\n") == [
        "No evidence of skill.",
        "150 days are too few to tell. Even if Kelly is as good as it looks here, a test needs about 880 days to show"
        " it: to know more, use --period 4300.",
        "Luck alone does as well in 27 of 100 cases; 5 or fewer count as evidence. The best of 2 variants, Kelly,"
        " returned 16.10% without costs (buy & hold 23.00%). Its Sharpe ratio, the yearly return per unit of risk, is"
        " 0.57 (buy & hold 0.60). After 150 days it may as well be anything from -0.5 to 1.8. If no variant earned"
        " anything on average, the best ratio would still be about 1.04.",
    ]


@pytest.mark.parametrize("level", [0.05, 0.04, 0.02996, 0.0312, 0.00043])
def test_every_p_value_stays_on_its_side_of_the_level(level):
    """Also at the border, and as both are shown."""
    for p_value in level * np.array([0.2, 0.99, 0.9999, 1.0, 1.0001, 1.001, 1.004, 1.3, 9]):
        cases, limit = (float(text.removeprefix("under ")) for text in cases_of_100(p_value, level))
        assert (cases <= limit) == (p_value <= level)
        assert (cases, limit) == pytest.approx((100 * p_value, 100 * level), abs=0.5)


def test_the_days_needed_are_those_of_the_formula():
    """One account: p = 1 - Phi(t), so that (1.645 + 0.842)^2 / 1^2 = 6.18 times as many days."""
    alone = SkillTest(account="kelly", t_ratio=1.0, p_value=0.15866, days=100)
    assert days_needed(alone) == pytest.approx(618.3, abs=0.1)
    assert days_needed(replace(alone, days=200)) == pytest.approx(1236.5, abs=0.1)
    assert days_needed(replace(alone, level=0.01)) == pytest.approx(1003.6, abs=0.1)
    five = replace(
        alone, p_value=1 - (1 - 0.15866) ** 5
    )  # the best of five independent accounts: Z(0.95^(1/5)) = 2.319
    assert days_needed(five) == pytest.approx(100 * (2.319 + 0.8416) ** 2, abs=0.5)


def test_a_test_as_long_as_asked_for_finds_the_skill_in_8_of_10_cases():
    needed = days_needed(SkillTest(account="kelly", t_ratio=1.2, p_value=1 - 0.8849303**3, days=150))
    rng = np.random.default_rng(1)
    best = (rng.standard_normal((20_000, 3)) + 1.2 * (needed / 150) ** 0.5 * np.array([1, 0, 0])).max(axis=1)
    hurdle = np.quantile(rng.standard_normal((20_000, 3)).max(axis=1), 0.95)
    assert (best > hurdle).mean() == pytest.approx(0.81, abs=0.02)


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ([0.2, 1.0], "Kelly was long every day, and adds nothing to the market that luck could not."),
        ([-0.2], "Kelly was short every day, and adds nothing to the market that luck could not."),
    ],
)
def test_an_account_on_one_side_every_day_is_the_market(comparison, weights, reason):
    held = pd.Series(np.resize(weights, 151), DAYS)
    one_sided = replace(comparison, ranked=(replace(comparison.best, weights=held),))
    found = with_verdict(judging(), one_sided, bars=503)
    assert (found.headline, found.reason) == ("No evidence of skill", reason)


@pytest.mark.parametrize(
    ("held", "single"),
    [
        ([0.0] * 60 + [0.5], True),
        ([0.0] * 60 + [0.5, 0.2], True),
        ([0.0] * 60 + [-0.5] * 91, True),
        ([0.0] * 60 + [0.5, -0.5], False),
        ([0.0] * 60 + [0.5, 0.0, 0.5], False),
    ],
)
def test_one_trade_is_a_coin_toss(comparison, held, single):
    """A test of 4,100 days was asked for after one trade of one day."""
    weights = pd.Series((held + [0.0] * 151)[:151], DAYS)
    traded = replace(comparison, ranked=(replace(comparison.best, weights=weights), *comparison.ranked[1:]))
    found = with_verdict(judging(0.26), traded, bars=503).reason
    assert (found == "Kelly made a single trade. One trade is a coin toss, however many days the test has.") == single


@pytest.mark.parametrize(("p_value", "t_ratio"), [(0.5, 1.2), (0.45, 0.2)])
def test_more_days_are_not_asked_for_where_luck_usually_does_better_or_a_life_is_too_short(
    comparison, p_value, t_ratio
):
    found = with_verdict(judging(p_value, t_ratio), comparison, bars=503)
    assert found.reason.startswith("Luck alone does as well in ")


@pytest.mark.parametrize(("bars", "asked"), [(1500, True), (2000, False)])
def test_up_to_40_years_of_prices_are_asked_for(comparison, bars, asked):
    """A test of 5.8 times as many days: of 1,500 bars 35 years, of 2,000 bars 46."""
    assert with_verdict(judging(), comparison, bars=bars).reason.startswith("150 days are too few") == asked


def test_what_costs_more_cases_than_it_wins_earned_nothing(comparison):
    found = with_verdict(judging(0.9, t_ratio=-0.2), comparison, bars=503)
    assert found.reason == "No account earned more than its share of the market did."


def test_who_beats_a_falling_market_by_holding_less_of_it_has_no_skill(comparison):
    hold = comparison.benchmark
    fallen = replace(comparison, benchmark=replace(hold, metrics=hold.metrics | {"total_return": -0.1}))
    assert with_verdict(judging(0.9, t_ratio=-0.2), fallen, bars=503).reason == (
        "No account earned more than its share of the market did: the market fell, and an account that holds less of it"
        " loses less without any skill."
    )


def test_nothing_to_test(comparison):
    idle = replace(comparison, ranked=(replace(comparison.best, weights=0 * comparison.best.weights),))
    for still, reason in (
        (idle, "No strategy ever took a position of its own, so there is no result to judge."),
        (short(comparison), "The test has 12 days, and at least 20 are needed."),
    ):
        found = with_verdict(Significance(), still)
        assert (found.headline, found.reason, found.shows_skill) == ("Nothing to test", reason, False)
        assert found.verdict == f"Nothing to test.\n{reason}"


def short(comparison):
    return replace(comparison, ranked=(replace(comparison.best, returns=comparison.best.returns[:12]),))


def test_accounts_that_hold_the_market_are_told(comparison):
    found = with_verdict(Significance(), comparison)
    assert found.headline == "No evidence of skill"
    assert found.reason == "Every account held the same share of the market all the time, and adds nothing to it."


def test_a_practice_run_decides_nothing(comparison):
    found = with_verdict(judging(0.001), comparison, undecided=PRACTICE)
    assert (found.headline, found.shows_skill) == ("Practice run: no judgement", False)
    assert "It is skill" not in found.verdict
    assert "Luck alone does as well in 0.1 of 100 cases. The best of" in found.verdict
    assert "evidence" not in found.verdict
    assert found.reason == "A run with --practice decides nothing, and later runs do not count it as a trial."


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (
            {"earlier": 12},
            "This counts 12 earlier trials: who tries more often is lucky more often. A trial is an account that traded"
            " differently.",
        ),
        (
            {"looks": 3},
            "This is look 3 at these settings, so fewer cases count as evidence: who tries more often is lucky more"
            " often.",
        ),
        (
            {"earlier": 1, "looks": 2},
            "This counts 1 earlier trial and is look 2 at these settings, so fewer cases count as evidence: who tries"
            " more often is lucky more often. A trial is an account that traded differently.",
        ),
    ],
)
def test_earlier_trials_and_looks_are_said_where_they_cost_something(comparison, figures, sentence):
    assert sentence in with_verdict(judging(**figures), comparison).verdict
    assert "who tries" not in with_verdict(judging(), comparison).verdict


def test_after_so_many_looks_that_no_p_value_is_small_enough_the_verdict_says_so(comparison):
    sentence = "Luck alone does as well in 27 of 100 cases; after so many looks no result is evidence."
    assert sentence in with_verdict(judging(looks=300, level=0.0004, strict_level=0.0), comparison).verdict
