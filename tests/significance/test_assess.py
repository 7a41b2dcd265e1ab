"""What is said of luck, of the market's gift and of real skill, on backtests of real prices."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, CostTotals
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.significance import Luck, TrialRatios, judge, trial_ratios
from backtrader_walkforward.significance.verdict import evidence
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of


@pytest.fixture(scope="module")
def comparison(market):
    *results, benchmark = run_backtest(market, [*variants_of(find_strategies()), BENCHMARK], Config())
    return Comparison.of(results, benchmark)


@pytest.fixture(scope="module")
def luck(comparison):
    return judge(comparison, seed=7)


@pytest.fixture(scope="module")
def oracle(judged):
    return judged(lambda following: following)


def test_an_oracle_is_called_skill(oracle):
    assert oracle.shows_skill
    assert oracle.warnings == ()
    assert oracle.superior_predictive_ability < 0.05 < 0.95 < oracle.deflated_sharpe_ratio
    assert "Evidence of skill, 99.9% sure, before costs and without counting earlier runs." in oracle.verdict


def test_evidence_says_whether_costs_are_in_it(comparison):
    luck = Luck(
        trials=20, verdict="", deflated_sharpe_ratio=0.99, deflated_appraisal_ratio=0.97, earlier_runs_counted=True
    )
    assert evidence(comparison, luck) == "Evidence of skill, 97.0% sure, before costs."
    best, *rest = comparison.ranked
    charged = Comparison((replace(best, costs=CostTotals(slippage=3.0)), *rest), comparison.benchmark)
    assert evidence(charged, luck) == "Evidence of skill, 97.0% sure, after the costs charged."


def test_the_same_oracle_a_day_late_is_not(judged):
    late = judged(lambda following: following.shift(1).fillna(0.0))
    assert not late.shows_skill
    assert "No evidence of skill: " in late.verdict


def test_holding_the_market_in_a_good_year_is_no_skill(judged):
    luck = judged(lambda following: 0.0 * following)
    assert luck.deflated_sharpe_ratio > 0.95
    assert luck.deflated_appraisal_ratio is None
    assert "No evidence of skill: its active account did nothing that buy & hold did not do." in luck.verdict


def test_being_always_long_is_no_skill(judged):
    luck = judged(lambda following: 0.0 * following + 0.01)
    assert not luck.shows_skill
    assert "The forecast is always on one side: long on 100% of the days." in " ".join(luck.warnings)


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"best_changes_with_seed": True}, "a warning speaks against them. The best variant changes with the seed"),
        ({"trials": 10**15}, "the chance that there is more to it than luck is"),
    ],
)
def test_one_thing_missing_takes_the_claim_away(judged, spoilt, reason):
    luck = judged(
        lambda following: 0.15 * following + np.random.default_rng(1).normal(0, 0.002, len(following)), **spoilt
    )
    assert not luck.shows_skill
    assert f"No evidence of skill: {'the figures alone would pass, but ' * ('seed' in reason)}{reason}" in luck.verdict


def test_a_biased_oracle_is_disqualified(judged):
    """It knows which days are best and says so 5 % too low."""
    luck = judged(lambda following: following - 0.05)
    assert not luck.shows_skill
    assert luck.warnings[0].startswith("The forecast is biased: day after day it is too low")


def test_earlier_runs_count(comparison, luck):
    more = judge(comparison, seed=7, trials=500)
    assert (luck.trials, more.trials) == (len(comparison.ranked), 500)
    assert more.expected_best_sharpe > luck.expected_best_sharpe
    assert more.deflated_sharpe_ratio < luck.deflated_sharpe_ratio
    assert more.minimum_backtest_years > luck.minimum_backtest_years
    assert f"{len(comparison.ranked)} variants (500 with those of earlier runs) tried" in more.verdict
    assert judge(comparison, seed=7, trials=1).trials == len(comparison.ranked)


def test_which_variants_a_run_holds_does_not_move_what_luck_gives(comparison, luck):
    """The same trials give the same hurdle, whether all are in this run or most were in earlier ones."""
    few = Comparison(comparison.ranked[:3], comparison.benchmark)
    ratios, held = trial_ratios(comparison), {result.name for result in few.ranked}
    others = [found for name, found in ratios.items() if name not in held]
    again = judge(few, seed=7, trials=len(comparison.ranked), others=others)
    for name in ("expected_best_sharpe", "deflated_sharpe_ratio", "deflated_appraisal_ratio"):
        assert getattr(again, name) == pytest.approx(getattr(luck, name), rel=1e-12)
    assert judge(few, seed=7, trials=len(comparison.ranked)).expected_best_sharpe != pytest.approx(
        luck.expected_best_sharpe
    )


def test_trials_of_another_length_count_by_their_own_error(comparison, luck):
    """Ratios twice as large over a quarter of the days are as lucky."""
    days = len(comparison.best.returns)
    others = [TrialRatios(days=days, sharpe=value, appraisal=None) for value in (0.0, 0.5)]
    shorter = [TrialRatios(days=1 + (days - 1) // 2, sharpe=2**0.5 * value, appraisal=None) for value in (0.0, 0.5)]
    found = [judge(comparison, seed=7, trials=22, others=each).expected_best_sharpe for each in (others, shorter)]
    assert found[0] == pytest.approx(found[1], rel=1e-12)
    assert found[0] != pytest.approx(luck.expected_best_sharpe)


def test_every_variant_has_its_figures(comparison, luck):
    for result in comparison.ranked:
        found = luck.variant(result.name)
        low, high = found.sharpe_interval
        assert low < result.metrics.sharpe < high
        assert (found.probabilistic_sharpe_ratio > 0.5) == (result.metrics.sharpe > 0)
        assert (found.minimum_track_record_days is None) == (result.metrics.sharpe <= 0)
        assert found.in_confidence_set == (result.name in luck.confidence_set)
    assert comparison.best.name in luck.confidence_set
    assert luck.variant("no such variant").sharpe_interval is None


def test_the_same_run_and_seed_give_the_same_figures(comparison, luck):
    assert judge(comparison, seed=7) == luck
    assert judge(comparison, seed=8).variants != luck.variants


def test_every_figure_is_finite_or_none(luck):
    assert json.loads(json.dumps(asdict(luck), allow_nan=False))["trials"] == luck.trials


def test_the_verdict_says_all_four_things(luck, comparison):
    best = comparison.best
    for words in (
        f"{len(comparison.ranked)} variants tried over 119 days. The best, {best.name}, shows a Sharpe ratio of "
        f"{best.metrics.sharpe:.2f}; the true one may lie anywhere from ",
        f"The best of {len(comparison.ranked)} without any skill would show about {luck.expected_best_sharpe:.2f}.",
        "No evidence of skill: the chance that there is more to it than luck is ",
        f"A Sharpe ratio of {best.metrics.sharpe:.2f} takes a record of ",
        "; this one has 119 days.",
    ):
        assert words in luck.verdict


def flat(result):
    """The same variant had it never traded."""
    still = 0 * result.equity + 100_000.0
    metrics = replace(result.metrics, sharpe=None, total_return=0.0, trades=0)
    return replace(result, equity=still, returns=0 * result.returns, accounts=0 * result.accounts + 1, metrics=metrics)


def test_variants_that_never_moved_have_no_figures_and_spoil_none(comparison):
    some = Comparison.of([flat(comparison.ranked[0]), *comparison.ranked[1:]], comparison.benchmark)
    luck = judge(some)
    assert luck.variant(comparison.ranked[0].name) == Luck(trials=1, verdict="").variant("")
    assert luck.superior_predictive_ability is not None
    assert comparison.ranked[0].name not in luck.confidence_set


def test_no_movement_at_all(comparison):
    nothing = judge(Comparison.of([flat(result) for result in comparison.ranked], comparison.benchmark))
    assert nothing.verdict == "No variant has a Sharpe ratio: no equity ever moved. There is nothing to judge."
    assert not nothing.shows_skill
    assert nothing.deflated_sharpe_ratio is None


@pytest.mark.parametrize("variants", [1, 2])
def test_few_variants(comparison, variants):
    luck = judge(Comparison(comparison.ranked[:variants], comparison.benchmark))
    assert 0 <= luck.superior_predictive_ability <= 1
    assert (luck.overfitting is None) == (variants == 1)
    assert ("One trial alone" in luck.verdict) == (variants == 1)


@pytest.mark.parametrize("days", [2, 3, 19, 20, 40])
def test_short_records(market, days):
    *results, benchmark = run_backtest(market.iloc[: days + 1], [*variants_of(find_strategies()), BENCHMARK], Config())
    luck = judge(Comparison.of(results, benchmark))
    assert not luck.shows_skill
    assert any("The test is too short" in warning for warning in luck.warnings)
    json.dumps(asdict(luck), allow_nan=False)
