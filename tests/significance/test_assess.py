"""Verdicts on luck, on the return of the market and on real skill, in backtests of real prices."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, CostTotals
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance, TrialRatios, assess_significance, trial_ratios
from backtrader_walkforward.significance.result_warnings import LEAK
from backtrader_walkforward.significance.verdict import evidence_text
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of


@pytest.fixture(scope="module")
def comparison(signals):
    *results, benchmark = run_backtest(signals, [*variants_of(find_strategies()), BENCHMARK], Settings.of())
    return Comparison.of(results, benchmark)


@pytest.fixture(scope="module")
def significance(comparison):
    return assess_significance(comparison, seed=7)


@pytest.fixture(scope="module")
def oracle(assessed):
    return assessed(lambda following: following)


def test_an_oracle_is_called_skill(oracle):
    assert oracle.shows_skill
    assert [LEAK in warning for warning in oracle.warnings] == [True, True, True]
    assert oracle.superior_predictive_ability < 0.05 < 0.95 < oracle.deflated_sharpe_ratio
    assert (
        "Evidence of skill with a probability of 99.9%, before costs and without counting earlier runs."
        in oracle.verdict
    )


def test_evidence_says_whether_costs_are_in_it(comparison):
    significance = Significance(
        trials=20, verdict="", deflated_sharpe_ratio=0.99, deflated_appraisal_ratio=0.97, earlier_runs_counted=True
    )
    assert evidence_text(comparison, significance) == "Evidence of skill with a probability of 97.0%, before costs."
    best, *rest = comparison.ranked
    charged = Comparison((replace(best, costs=CostTotals(slippage=3.0)), *rest), comparison.benchmark)
    assert evidence_text(charged, significance) == "Evidence of skill with a probability of 97.0%, after costs."


def test_the_same_oracle_a_day_late_is_not(assessed):
    late = assessed(lambda following: following.shift(1).fillna(0.0))
    assert not late.shows_skill
    assert "No evidence of skill: " in late.verdict


def test_holding_the_market_in_a_good_year_is_no_skill(assessed):
    significance = assessed(lambda following: 0.0 * following)
    assert significance.deflated_sharpe_ratio > 0.95
    assert significance.deflated_appraisal_ratio is None
    assert "No evidence of skill: its active account did nothing but follow buy & hold." in significance.verdict


def test_being_always_long_is_no_skill(assessed):
    significance = assessed(lambda following: 0.0 * following + 0.01)
    assert not significance.shows_skill
    assert "The forecast is nearly always on one side: long on 100% of the days." in " ".join(significance.warnings)


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"trials": 10**15}, "the probability that its Sharpe ratio is more than luck is"),
    ],
)
def test_one_thing_missing_takes_the_claim_away(assessed, spoilt, reason):
    significance = assessed(
        lambda following: 0.15 * following + np.random.default_rng(1).normal(0, 0.002, len(following)), **spoilt
    )
    assert not significance.shows_skill
    assert f"No evidence of skill: {reason}" in significance.verdict


def test_a_biased_oracle_is_called_biased(assessed):
    """The order of its forecasts is perfect, but each is 5 % too low."""
    significance = assessed(lambda following: following - 0.05)
    assert significance.warnings[0].startswith("The forecast is biased: it is too low day after day")


def test_earlier_runs_count(comparison, significance):
    more = assess_significance(comparison, seed=7, trials=500)
    assert (significance.trials, more.trials) == (len(comparison.ranked), 500)
    assert more.expected_best_sharpe > significance.expected_best_sharpe
    assert more.deflated_sharpe_ratio < significance.deflated_sharpe_ratio
    assert more.minimum_backtest_years > significance.minimum_backtest_years
    assert f"{len(comparison.ranked)} variants (500 with those of earlier runs)" in more.verdict
    assert assess_significance(comparison, seed=7, trials=1).trials == len(comparison.ranked)


def test_the_expected_best_does_not_depend_on_the_division_into_runs(comparison, significance):
    """The same trials give the same expected best, in one run or in several."""
    few = Comparison(comparison.ranked[:3], comparison.benchmark)
    ratios, held = trial_ratios(comparison), {result.name for result in few.ranked}
    others = [found for name, found in ratios.items() if name not in held]
    again = assess_significance(few, seed=7, trials=len(comparison.ranked), others=others)
    for name in ("expected_best_sharpe", "deflated_sharpe_ratio", "deflated_appraisal_ratio"):
        assert getattr(again, name) == pytest.approx(getattr(significance, name), rel=1e-12)
    assert assess_significance(few, seed=7, trials=len(comparison.ranked)).expected_best_sharpe != pytest.approx(
        significance.expected_best_sharpe
    )


def test_trials_of_another_length_count_by_their_own_error(comparison, significance):
    """A Sharpe ratio that is sqrt(2) larger over half the days is as many standard errors from 0."""
    days = len(comparison.best.returns)
    others = [TrialRatios(days=days, sharpe=value, appraisal=None) for value in (0.0, 0.5)]
    shorter = [TrialRatios(days=1 + (days - 1) // 2, sharpe=2**0.5 * value, appraisal=None) for value in (0.0, 0.5)]
    found = [
        assess_significance(comparison, seed=7, trials=22, others=each).expected_best_sharpe
        for each in (others, shorter)
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-12)
    assert found[0] != pytest.approx(significance.expected_best_sharpe)


def test_every_variant_has_its_figures(comparison, significance):
    for result in comparison.ranked:
        found = significance.variant(result.name)
        low, high = found.sharpe_interval
        assert low < result.metrics.sharpe < high
        assert (found.probabilistic_sharpe_ratio > 0.5) == (result.metrics.sharpe > 0)
        assert (found.minimum_track_record_days is None) == (result.metrics.sharpe <= 0)
        assert found.in_confidence_set == (result.name in significance.confidence_set)
    assert comparison.best.name in significance.confidence_set
    assert significance.variant("no such variant").sharpe_interval is None


def test_the_same_run_and_seed_give_the_same_figures(comparison, significance):
    assert assess_significance(comparison, seed=7) == significance
    assert assess_significance(comparison, seed=8).variants != significance.variants


def test_every_figure_is_finite_or_none(significance):
    assert json.loads(json.dumps(asdict(significance), allow_nan=False))["trials"] == significance.trials


def test_the_verdict_has_four_parts(significance, comparison):
    best = comparison.best
    for words in (
        f"The run tried {len(comparison.ranked)} variants over 119 days. The best, {best.name}, has a Sharpe ratio of "
        f"{best.metrics.sharpe:.2f} (95 % interval: ",
        f"The best of {len(comparison.ranked)} variants without skill is expected to have about"
        f" {significance.expected_best_sharpe:.2f}.",
        "No evidence of skill: the probability that its Sharpe ratio is more than luck is ",
        f"A Sharpe ratio of {best.metrics.sharpe:.2f} needs a record of ",
        "; this record has 119 days.",
    ):
        assert words in significance.verdict


def flat(result):
    """Return the same variant without any trade."""
    still = 0 * result.equity + 100_000.0
    metrics = result.metrics | dict(sharpe=None, total_return=0.0, trades=0)
    return replace(result, equity=still, returns=0 * result.returns, accounts=0 * result.accounts + 1, metrics=metrics)


def test_variants_that_never_moved_have_no_figures_and_spoil_none(comparison):
    some = Comparison.of([flat(comparison.ranked[0]), *comparison.ranked[1:]], comparison.benchmark)
    significance = assess_significance(some)
    assert significance.variant(comparison.ranked[0].name) == Significance(trials=1, verdict="").variant("")
    assert significance.superior_predictive_ability is not None
    assert comparison.ranked[0].name not in significance.confidence_set


def test_no_movement_at_all(comparison):
    nothing = assess_significance(Comparison.of([flat(result) for result in comparison.ranked], comparison.benchmark))
    assert nothing.verdict == "No variant has a Sharpe ratio, because no equity ever changed. There is nothing to test."
    assert not nothing.shows_skill
    assert nothing.deflated_sharpe_ratio is None


@pytest.mark.parametrize("variants", [1, 2])
def test_few_variants(comparison, variants):
    significance = assess_significance(Comparison(comparison.ranked[:variants], comparison.benchmark))
    assert 0 <= significance.superior_predictive_ability <= 1
    assert (significance.overfitting is None) == (variants == 1)
    assert ("A single trial" in significance.verdict) == (variants == 1)


@pytest.mark.parametrize("days", [2, 3, 19, 20, 40])
def test_short_records(signals, days):
    *results, benchmark = run_backtest(
        signals.iloc[: days + 1], [*variants_of(find_strategies()), BENCHMARK], Settings.of()
    )
    significance = assess_significance(Comparison.of(results, benchmark))
    assert not significance.shows_skill
    assert any("The test is short" in warning for warning in significance.warnings)
    json.dumps(asdict(significance), allow_nan=False)
