"""The assessment of a run: the test of skill, the information beside it, the warnings and the verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.evaluation import Comparison, ForecastSkill
from backtrader_walkforward.significance.active_accounts import active_accounts
from backtrader_walkforward.significance.bootstrap import (
    block_length,
    expected_best_sharpe,
    sharpe_intervals,
    stationary_bootstrap_indices,
)
from backtrader_walkforward.significance.multiple_comparison import model_confidence_set, superior_predictive_ability
from backtrader_walkforward.significance.overfitting import probability_of_overfitting
from backtrader_walkforward.significance.probabilistic_sharpe import probabilistic_sharpe_ratio
from backtrader_walkforward.significance.result import FEWEST_DAYS, ActiveAccount, Significance, VariantSignificance
from backtrader_walkforward.significance.result_warnings import warnings_on
from backtrader_walkforward.significance.skill_test import find_skill
from backtrader_walkforward.significance.verdict.verdict import with_verdict


def assess_significance(
    comparison: Comparison,
    forecast: ForecastSkill | None = None,
    *,
    earlier: Iterable[ActiveAccount] = (),
    looks: Sequence[pd.DatetimeIndex] = (),
    seed: int = 0,
    out_of_range: float | None = None,
    best_changes_with_seed: bool | None = None,
    bars: int | None = None,
    undecided: tuple[str, str] | None = None,
) -> Significance:
    """Judge a run by one test, and show other statistics beside it.

    Parameters
    ----------
    forecast : ForecastSkill, optional
        Errors of the forecast that the variants traded.
    earlier : iterable of ActiveAccount
        The accounts of other trials.
    looks : sequence of DatetimeIndex
        Days of each earlier test of these settings.
    seed : int
        Seed of the histories without skill and of the bootstrap.
    out_of_range : float, optional
        Share of the test rows' feature values outside the range of the training rows.
    best_changes_with_seed : bool, optional
        Whether another variant ranks first with another seed; None if no other seed was tried.
    bars : int, optional
        Number of bars of the period, without those before it that indicators need; some of them are tested.
    undecided : tuple of two str, optional
        Headline and reason of a run that decides nothing: `PRACTICE` or `IN_PANEL` (`verdict.answer`).
    """
    skill = find_skill(active_accounts(comparison), earlier, looks=looks, seed=seed)
    warnings = warnings_on(
        comparison, forecast, skill, best_changes_with_seed=best_changes_with_seed, out_of_range=out_of_range
    )
    returns = pd.DataFrame(
        {result.name: result.excess_returns for result in comparison.ranked if result.metrics.sharpe is not None}
    )
    found = information_on(returns, comparison.benchmark.excess_returns, comparison.best.bars_a_year, seed)
    tested = replace(found, skill=skill, warnings=tuple(warnings), subjects=warnings)
    return with_verdict(tested, comparison, bars=bars, undecided=undecided)


def information_on(returns: pd.DataFrame, market: pd.Series, per_year: int, seed: int) -> Significance:
    """Return the statistics beside the test; all come from days drawn again, and need 20 days or more.

    Parameters
    ----------
    returns : DataFrame (days, variants)
        Returns above the interest on cash of each variant that moves, the one with the highest Sharpe ratio first.
    market : Series
        The same of buy & hold.
    per_year : int
        Bars a year.
    seed : int
        Seed of the days that are drawn.
    """
    if returns.empty or len(returns) < FEWEST_DAYS:
        return Significance()
    length = block_length(returns)
    drawn = stationary_bootstrap_indices(len(returns), length, seed)
    intervals = sharpe_intervals(returns, drawn, per_year)
    included = model_confidence_set(returns, length, seed)
    overfitting, band, blocks = probability_of_overfitting(returns, length, seed) or (None, None, None)
    by_luck = expected_best_sharpe(returns, drawn, per_year)
    return Significance(
        expected_best_sharpe=by_luck,
        deflated_sharpe_ratio=probabilistic_sharpe_ratio(returns.iloc[:, 0], by_luck, per_year),
        superior_predictive_ability=superior_predictive_ability(returns, market, length, seed),
        overfitting=overfitting,
        overfitting_band=band,
        overfitting_blocks=blocks,
        confidence_set=included,
        variants={
            name: VariantSignificance(sharpe_interval=ends, in_confidence_set=name in included)
            for name, ends in intervals.items()
        },
    )
