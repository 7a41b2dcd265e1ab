"""The one judgement on a run: is there more to its ranking than luck and the market?"""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.evaluation.comparison import Comparison
from backtrader_walkforward.evaluation.forecast_accuracy import ForecastSkill
from backtrader_walkforward.evaluation.metrics import TRADING_DAYS
from backtrader_walkforward.significance.appraisal_ratio import deflated_appraisal_ratio
from backtrader_walkforward.significance.bootstrap import (
    FEWEST_DAYS,
    block_length,
    sharpe_intervals,
    stationary_bootstrap_indices,
)
from backtrader_walkforward.significance.multiple_comparison import model_confidence_set, superior_predictive_ability
from backtrader_walkforward.significance.overfitting import probability_of_overfitting
from backtrader_walkforward.significance.result import Significance, TrialRatios, VariantSignificance
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
from backtrader_walkforward.significance.verdict import verdict_text, what_is_missing
from backtrader_walkforward.significance.warning import WarningInputs
from backtrader_walkforward.significance.warnings_triggered import triggered_warnings

TARGET_SHARPE = 1.0
"""Annual Sharpe ratio for which the minimum backtest length is told."""

NOTHING = "No variant has a Sharpe ratio: no equity ever moved. There is nothing to judge."


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
    """Say how much of the winner's Sharpe ratio luck and the market explain.

    A run shows skill only if all of this holds: the deflated Sharpe ratio and the deflated appraisal ratio are above
    95 %, Hansen's test of superior predictive ability has p < 5 %, and no warning disqualifies it (see `warnings`).

    Parameters
    ----------
    forecast : ForecastSkill, optional
        How good the forecast was that the variants traded; without it no warning looks at it.
    trials : int, optional
        Distinct variants ever tried on this ticker, those of this run included; left out, those of this run.
    others : sequence of TrialRatios, optional
        Those of them that are not of this run, as far as they are known. How far apart the trials' Sharpe ratios lie
        says how much luck gives the best, so this run's alone would say too little of what was tried in others.
    seed : int
        Of the resampling: the same run and seed give the same figures.
    out_of_range : float, optional
        Share of the test rows' feature values outside the range trained on.
    best_changes_with_seed : bool, optional
        Whether another seed makes another variant the best; left out where that was not tried.
    """
    pluralize = max(trials or 0, len(comparison.ranked))
    result = figures(comparison, pluralize, others, seed)
    inputs = WarningInputs(
        best=comparison.best,
        needed_days=result.variant(comparison.best.name).minimum_track_record_days,
        forecast=forecast,
        out_of_range=out_of_range,
        best_changes_with_seed=best_changes_with_seed,
    )
    warnings = triggered_warnings(inputs)
    result = replace(
        result, earlier_runs_counted=trials is not None, warnings=tuple(warning.text for warning in warnings)
    )
    if comparison.best.metrics.sharpe is None:
        return replace(result, verdict=NOTHING)
    shows_skill = what_is_missing(result, warnings) is None
    return replace(result, shows_skill=shows_skill, verdict=verdict_text(comparison, result, warnings))


def figures(comparison: Comparison, trials: int, others: Sequence[TrialRatios], seed: int) -> Significance:
    """Return everything that is computed, without words."""
    sharpes = [result.metrics.sharpe for result in comparison.ranked if result.metrics.sharpe is not None]
    if not sharpes:
        return Significance(trials=trials, verdict=NOTHING)
    best = comparison.best
    days = len(best.returns)
    seen, elsewhere = per_day(sharpes), per_day(other.sharpe_over(days) for other in others)
    significance = Significance(
        trials=trials,
        verdict="",
        expected_best_sharpe=expected_best_sharpe(seen, trials, days, elsewhere) * TRADING_DAYS**0.5,
        deflated_sharpe_ratio=deflated_sharpe_ratio(best.excess_returns, seen, trials, elsewhere),
        deflated_appraisal_ratio=deflated_appraisal_ratio(comparison, trials, others),
        minimum_backtest_years=minimum_backtest_length(trials, TARGET_SHARPE),
        minimum_backtest_years_for_best=minimum_backtest_length(trials, best.metrics.sharpe),
        variants={
            result.name: variant_significance(result.excess_returns, result.metrics.sharpe)
            for result in comparison.ranked
        },
    )
    moving = {result.name: result.excess_returns for result in comparison.ranked if result.metrics.sharpe is not None}
    return significance if days < FEWEST_DAYS else resampled(significance, pd.DataFrame(moving), comparison, seed)


def variant_significance(returns: pd.Series, sharpe: float | None) -> VariantSignificance:
    """Return what can be said of one variant from its own moments."""
    if sharpe is None:
        return VariantSignificance()
    daily, moments = daily_sharpe(returns), skewness_kurtosis(returns)
    return VariantSignificance(
        probabilistic_sharpe_ratio=probabilistic_sharpe_ratio(daily, 0.0, len(returns), *moments),
        minimum_track_record_days=minimum_track_record_length(daily, 0.0, *moments),
    )


def resampled(significance: Significance, returns: pd.DataFrame, comparison: Comparison, seed: int) -> Significance:
    """Return `significance` with the figures that come from resampled days; `returns` of the variants that moved."""
    length = block_length(returns)
    intervals = sharpe_intervals(returns, stationary_bootstrap_indices(len(returns), length, seed))
    included = model_confidence_set(returns, length, seed)
    overfitting = probability_of_overfitting(returns, length, seed)
    known = {
        name: replace(
            significance.variant(name), sharpe_interval=(float(low), float(high)), in_confidence_set=name in included
        )
        for name, low, high in intervals.itertuples(name=None)
    }
    return replace(
        significance,
        superior_predictive_ability=superior_predictive_ability(
            returns, comparison.benchmark.excess_returns, length, seed
        ),
        overfitting=overfitting.probability if overfitting else None,
        overfitting_band=overfitting.band if overfitting else None,
        overfitting_blocks=overfitting.blocks if overfitting else None,
        confidence_set=included,
        variants={**significance.variants, **known},
    )
