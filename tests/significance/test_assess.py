"""Verdicts on luck, on the return of the market and on real skill, in backtests of real prices."""

import json
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import (
    ActiveAccount,
    VariantSignificance,
    active_accounts,
    assess_significance,
)
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
    assert oracle.skill.is_strong
    assert oracle.shows_skill
    assert oracle.headline == "Strong evidence of skill"
    assert oracle.superior_predictive_ability < 0.05 < 0.95 < oracle.deflated_sharpe_ratio


def test_the_same_oracle_a_day_late_is_not(assessed):
    late = assessed(lambda following: following.shift(1).fillna(0.0))
    assert not late.shows_skill
    assert late.headline == "No evidence of skill"


def test_holding_the_market_in_a_good_year_is_no_skill(assessed):
    significance = assessed(lambda following: 0.0 * following)
    assert significance.skill is None
    assert significance.headline == "Nothing to test"


def test_being_always_long_is_no_skill(assessed):
    significance = assessed(lambda following: 0.0 * following + 0.01)
    assert not significance.shows_skill
    assert "The forecast is nearly a constant: it does not tell one day from another." in " ".join(
        significance.warnings
    )


def test_no_warning_decides(assessed):
    """The answer is that of the one test, whatever else there is to say."""
    forecast = np.random.default_rng(1).normal(0, 0.002, 251)
    plain, warned = (
        assessed(lambda following: 0.15 * following + forecast[: len(following)], best_changes_with_seed=changes)
        for changes in (False, True)
    )
    assert plain.shows_skill
    assert (warned.skill, warned.headline) == (plain.skill, plain.headline)


def test_earlier_trials_and_looks_count(comparison, significance):
    days = comparison.benchmark.returns.index
    noise = np.random.default_rng(3).normal(0, 0.01, (40, len(days)))
    earlier = [
        ActiveAccount(name=str(number), returns=pd.Series(one, days), market=comparison.benchmark.excess_returns)
        for number, one in enumerate(noise)
    ]
    more = assess_significance(comparison, earlier=earlier, looks=[days[:-5]], seed=7)
    assert (more.trials, more.skill.looks) == (significance.trials + 40, 2)
    assert more.skill.p_value > significance.skill.p_value
    assert more.skill.level < significance.skill.level
    assert more.expected_best_sharpe == significance.expected_best_sharpe


def test_the_distinct_active_accounts_are_those_of_the_pure_strategies(comparison, significance):
    accounts = active_accounts(comparison)
    pure = {result.name for result in comparison.ranked if result.kind == "Pure"}
    assert {account.name for account in accounts} == pure
    assert significance.skill.accounts == len(accounts)


def test_every_variant_has_its_figures(comparison, significance):
    for result in comparison.ranked:
        found = significance.variant(result.name)
        low, high = found.sharpe_interval
        assert low < result.metrics.sharpe < high
        assert found.in_confidence_set == (result.name in significance.confidence_set)
    assert comparison.best.name in significance.confidence_set
    assert significance.variant("no such variant").sharpe_interval is None


def test_the_same_run_and_seed_give_the_same_figures(comparison, significance):
    assert assess_significance(comparison, seed=7) == significance
    assert assess_significance(comparison, seed=8).variants != significance.variants


def test_every_figure_is_finite_or_none(significance):
    assert json.loads(json.dumps(asdict(significance), allow_nan=False))["skill"]["days"] == 119


def flat(result):
    """Return the same variant without any trade."""
    still = 0 * result.equity + 100_000.0
    metrics = result.metrics | dict(sharpe=None, total_return=0.0, trades=0)
    return replace(result, equity=still, returns=0 * result.returns, accounts=0 * result.accounts + 1, metrics=metrics)


def test_variants_that_never_moved_have_no_figures_and_spoil_none(comparison):
    some = Comparison.of([flat(comparison.ranked[0]), *comparison.ranked[1:]], comparison.benchmark)
    significance = assess_significance(some)
    assert significance.variant(comparison.ranked[0].name) == VariantSignificance()
    assert significance.superior_predictive_ability is not None
    assert comparison.ranked[0].name not in significance.confidence_set


def test_no_movement_at_all(comparison):
    nothing = assess_significance(Comparison.of([flat(result) for result in comparison.ranked], comparison.benchmark))
    assert nothing.skill is None
    assert not nothing.shows_skill
    assert nothing.deflated_sharpe_ratio is None


@pytest.mark.parametrize("variants", [1, 2])
def test_few_variants(comparison, variants):
    significance = assess_significance(Comparison(comparison.ranked[:variants], comparison.benchmark))
    assert 0 <= significance.superior_predictive_ability <= 1
    assert (significance.overfitting is None) == (variants == 1)
    assert significance.trials == variants


@pytest.mark.parametrize("days", [2, 3, 19, 20, 40])
def test_short_records(signals, days):
    *results, benchmark = run_backtest(
        signals.iloc[: days + 1], [*variants_of(find_strategies()), BENCHMARK], Settings.of()
    )
    significance = assess_significance(Comparison.of(results, benchmark))
    assert not significance.shows_skill
    assert (significance.skill is None) == (days < 20)
    json.dumps(asdict(significance), allow_nan=False)
