"""The figures of `Significance`, without warnings and words."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.evaluation import Comparison
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

TARGET_SHARPE = 1.0
"""Annual Sharpe ratio of `minimum_backtest_years`."""

NO_SHARPE = "No variant has a Sharpe ratio, because no equity ever changed. There is nothing to test."


def compute_significance(comparison: Comparison, trials: int, others: Sequence[TrialRatios], seed: int) -> Significance:
    """Return the figures of all tests; those that need a bootstrap only for a test of 20 days or more."""
    moving = {result.name: result for result in comparison.ranked if result.metrics.sharpe is not None}
    if not moving:
        return Significance(trials=trials, verdict=NO_SHARPE)
    best = comparison.best
    days = len(best.returns)
    own = per_day(result.metrics.sharpe for result in moving.values())
    elsewhere = per_day(other.sharpe_over(days) for other in others)
    significance = Significance(
        trials=trials,
        verdict="",
        expected_best_sharpe=expected_best_sharpe(own, trials, days, elsewhere) * TRADING_DAYS**0.5,
        deflated_sharpe_ratio=deflated_sharpe_ratio(best.excess_returns, own, trials, elsewhere),
        deflated_appraisal_ratio=deflated_appraisal_ratio(comparison, trials, others),
        minimum_backtest_years=minimum_backtest_length(trials, TARGET_SHARPE),
        minimum_backtest_years_for_best=minimum_backtest_length(trials, best.metrics.sharpe),
        variants={
            result.name: variant_significance(result.excess_returns, result.metrics.sharpe)
            for result in comparison.ranked
        },
    )
    if days < FEWEST_DAYS:
        return significance
    returns = pd.DataFrame({name: result.excess_returns for name, result in moving.items()})
    return with_bootstrap(significance, returns, comparison.benchmark.excess_returns, seed)


def variant_significance(returns: pd.Series, sharpe: float | None) -> VariantSignificance:
    """Return the figures that come from the moments of one variant's returns."""
    if sharpe is None:
        return VariantSignificance()
    daily, moments = daily_sharpe(returns), skewness_kurtosis(returns)
    return VariantSignificance(
        probabilistic_sharpe_ratio=probabilistic_sharpe_ratio(daily, 0.0, len(returns), *moments),
        minimum_track_record_days=minimum_track_record_length(daily, 0.0, *moments),
    )


def with_bootstrap(significance: Significance, returns: pd.DataFrame, benchmark: pd.Series, seed: int) -> Significance:
    """Return `significance` with the figures of the bootstrap; no column of `returns` may be flat."""
    length = block_length(returns)
    intervals = sharpe_intervals(returns, stationary_bootstrap_indices(len(returns), length, seed))
    included = model_confidence_set(returns, length, seed)
    overfitting = probability_of_overfitting(returns, length, seed)
    variants = {
        name: replace(
            significance.variant(name), sharpe_interval=(float(low), float(high)), in_confidence_set=name in included
        )
        for name, low, high in intervals.itertuples(name=None)
    }
    return replace(
        significance,
        superior_predictive_ability=superior_predictive_ability(returns, benchmark, length, seed),
        overfitting=overfitting.probability if overfitting else None,
        overfitting_band=overfitting.band if overfitting else None,
        overfitting_blocks=overfitting.blocks if overfitting else None,
        confidence_set=included,
        variants={**significance.variants, **variants},
    )
