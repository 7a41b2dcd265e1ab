"""The assessment of a run: the statistical tests, the warnings and the verdict."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison, ForecastSkill
from backtrader_walkforward.significance.appraisal_ratio import deflated_appraisal_ratio
from backtrader_walkforward.significance.bootstrap import (
    FEWEST_TO_BOOTSTRAP,
    block_length,
    sharpe_intervals,
    stationary_bootstrap_indices,
)
from backtrader_walkforward.significance.multiple_comparison import model_confidence_set, superior_predictive_ability
from backtrader_walkforward.significance.overfitting import probability_of_overfitting
from backtrader_walkforward.significance.result import Significance, TrialRatios, VariantSignificance
from backtrader_walkforward.significance.result_warnings import warnings_on
from backtrader_walkforward.significance.sharpe_tests import (
    daily_sharpe,
    deflated_sharpe_ratio,
    expected_best_sharpe,
    minimum_backtest_length,
    minimum_track_record_length,
    per_day,
    probabilistic_sharpe_ratio,
    skewness_kurtosis,
)
from backtrader_walkforward.significance.verdict import NO_SHARPE, missing_evidence, verdict_text

TARGET_SHARPE = 1.0
"""Annual Sharpe ratio of `minimum_backtest_years`."""


def assess_significance(
    comparison: Comparison,
    forecast: ForecastSkill | None = None,
    *,
    trials: int | None = None,
    others: Sequence[TrialRatios] = (),
    seed: int = 0,
    out_of_range: float | None = None,
    best_changes_with_seed: bool | None = None,
) -> Significance:
    """Test how much of the best Sharpe ratio is explained by luck and by the market.

    A run shows skill only if the deflated Sharpe ratio and the deflated appraisal ratio are above 95 %, and Hansen's
    test of superior predictive ability has p < 5 %. Warnings inform, and decide nothing.

    Parameters
    ----------
    forecast : ForecastSkill, optional
        Errors of the forecast that the variants traded.
    trials : int, optional
        Number of distinct variants ever tried on this ticker, this run included; by default those of this run.
    others : sequence of TrialRatios, optional
        The ratios of the trials of other runs, as far as they are known. The spread of all Sharpe ratios decides how
        large the best is by luck; the spread of this run alone would be too small if other runs tried other things.
    seed : int
        Seed of the bootstrap.
    out_of_range : float, optional
        Share of the test rows' feature values outside the range of the training rows.
    best_changes_with_seed : bool, optional
        Whether another variant ranks first with another seed; None if no other seed was tried.
    """
    tested = significance_tests(comparison, max(trials or 0, len(comparison.ranked)), others, seed)
    warnings = warnings_on(
        comparison, forecast, best_changes_with_seed=best_changes_with_seed, out_of_range=out_of_range
    )
    tested = replace(tested, earlier_runs_counted=trials is not None, warnings=tuple(warnings))
    if comparison.best.metrics.sharpe is None:
        return replace(tested, verdict=NO_SHARPE)
    missing = missing_evidence(tested)
    return replace(tested, shows_skill=missing is None, verdict=verdict_text(comparison, tested, missing))


def significance_tests(comparison: Comparison, trials: int, others: Sequence[TrialRatios], seed: int) -> Significance:
    """Return the figures of all tests; those that need a bootstrap only for a test of 20 days or more."""
    moving = {result.name: result for result in comparison.ranked if result.metrics.sharpe is not None}
    if not moving:
        return Significance(trials=trials)
    best = comparison.best
    days, per_year = len(best.returns), best.bars_a_year
    own = per_day((result.metrics.sharpe for result in moving.values()), per_year)
    elsewhere = per_day((other.over(days).sharpe for other in others), per_year)
    tested = Significance(
        trials=trials,
        expected_best_sharpe=expected_best_sharpe(own, trials, days, elsewhere) * per_year**0.5,
        deflated_sharpe_ratio=deflated_sharpe_ratio(best.excess_returns, own, trials, elsewhere),
        deflated_appraisal_ratio=deflated_appraisal_ratio(comparison, trials, others),
        minimum_backtest_years=minimum_backtest_length(trials, TARGET_SHARPE),
        minimum_backtest_years_for_best=minimum_backtest_length(trials, best.metrics.sharpe),
        variants={result.name: moment_tests(result) for result in comparison.ranked},
    )
    if days < FEWEST_TO_BOOTSTRAP:
        return tested
    returns = pd.DataFrame({name: result.excess_returns for name, result in moving.items()})
    return with_bootstrap(tested, returns, comparison.benchmark, seed)


def moment_tests(result: BacktestResult) -> VariantSignificance:
    """Return the figures that come from the moments of one variant's returns."""
    returns = result.excess_returns
    if result.metrics.sharpe is None:
        return VariantSignificance()
    daily, moments = daily_sharpe(returns), skewness_kurtosis(returns)
    return VariantSignificance(
        probabilistic_sharpe_ratio=probabilistic_sharpe_ratio(daily, 0.0, len(returns), *moments),
        minimum_track_record_days=minimum_track_record_length(daily, 0.0, *moments),
    )


def with_bootstrap(tested: Significance, returns: pd.DataFrame, benchmark: BacktestResult, seed: int) -> Significance:
    """Return `tested` with the figures of the bootstrap; no column of `returns` may be flat."""
    length = block_length(returns)
    drawn = stationary_bootstrap_indices(len(returns), length, seed)
    intervals = sharpe_intervals(returns, drawn, benchmark.bars_a_year)
    included = model_confidence_set(returns, length, seed)
    overfitting, band, blocks = probability_of_overfitting(returns, length, seed) or (None, None, None)
    variants = {
        name: replace(tested.variant(name), sharpe_interval=ends, in_confidence_set=name in included)
        for name, ends in intervals.items()
    }
    return replace(
        tested,
        superior_predictive_ability=superior_predictive_ability(returns, benchmark.excess_returns, length, seed),
        overfitting=overfitting,
        overfitting_band=band,
        overfitting_blocks=blocks,
        confidence_set=included,
        variants={**tested.variants, **variants},
    )
