"""The verdict in words, for a reader who is no statistician."""

from backtrader_walkforward.evaluation.comparison import Comparison
from backtrader_walkforward.evaluation.metrics import TRADING_DAYS
from backtrader_walkforward.significance.result import Significance
from backtrader_walkforward.significance.sharpe_tests import SIGNIFICANT
from backtrader_walkforward.significance.warning import ResultWarning
from backtrader_walkforward.system.text import pluralize


def verdict_text(comparison: Comparison, significance: Significance, warnings: tuple[ResultWarning, ...]) -> str:
    """Return what was tried and seen, what luck would give, whether this is skill, how long a record would tell."""
    missing = what_is_missing(significance, warnings)
    conclusion = f"No evidence of skill: {missing}" if missing else evidence(comparison, significance)
    return " ".join(
        [
            what_was_tried(comparison, significance),
            what_luck_gives(significance),
            conclusion,
            record_needed(comparison, significance),
        ]
    )


def what_was_tried(comparison: Comparison, significance: Significance) -> str:
    """Return a sentence on the trials and the winner's Sharpe ratio with its interval."""
    best = comparison.best
    tried = len(comparison.ranked)
    earlier = f" ({significance.trials} with those of earlier runs)" if significance.trials > tried else ""
    interval = significance.variant(best.name).sharpe_interval
    known = f"; the true one may lie anywhere from {interval[0]:.1f} to {interval[1]:.1f}" if interval else ""
    return (
        f"{pluralize(tried, 'variant')}{earlier} tried over {pluralize(len(best.returns), 'day')}. "
        f"The best, {best.name}, shows a Sharpe ratio of {best.metrics.sharpe:.2f}{known}."
    )


def what_luck_gives(significance: Significance) -> str:
    """Return a sentence on the best of as many without skill."""
    if significance.trials < 2:
        return "One trial alone has no luck of the draw to be taken off."
    return (
        f"The best of {significance.trials} without any skill would show about {significance.expected_best_sharpe:.2f}."
    )


def what_is_missing(significance: Significance, warnings: tuple[ResultWarning, ...]) -> str | None:
    """Return why the run is no evidence of skill, the first reason that holds; None if it is."""
    needed = f"and {SIGNIFICANT:.0%} would be needed."
    by_luck, by_market, superior = (
        significance.deflated_sharpe_ratio,
        significance.deflated_appraisal_ratio,
        significance.superior_predictive_ability,
    )
    if by_luck is None or by_luck <= SIGNIFICANT:
        return f"the chance that there is more to it than luck is {by_luck or 0.0:.0%}, {needed}"
    if by_market is None:
        return "its active account did nothing that buy & hold did not do."
    if by_market <= SIGNIFICANT:
        return f"the chance that its trading added to what the market gave is {by_market:.0%}, {needed}"
    if superior is None or superior >= 1 - SIGNIFICANT:
        chance = (
            "" if superior is None else f" (p = {superior:.2f}, and less than {1 - SIGNIFICANT:.2f} would be needed)"
        )
        return f"with all variants taken together, none is surely better than buy & hold{chance}."
    disqualifying = [warning.text for warning in warnings if warning.disqualifies]
    if disqualifying:
        return f"the figures alone would pass, but a warning speaks against them. {disqualifying[0]}"
    return None


def evidence(comparison: Comparison, significance: Significance) -> str:
    """Return the sentence that claims skill, with its limits."""
    sure = min(significance.deflated_sharpe_ratio or 0.0, significance.deflated_appraisal_ratio or 0.0)
    paid = comparison.best.costs.paid
    costs = ", after the costs charged" if paid else ", before costs"
    earlier = "" if significance.earlier_runs_counted else " and without counting earlier runs"
    return f"Evidence of skill, {min(sure, 0.999):.1%} sure{costs}{earlier}."


def record_needed(comparison: Comparison, significance: Significance) -> str:
    """Return a sentence on how long a record would take to tell."""
    best = comparison.best
    needed = significance.variant(best.name).minimum_track_record_years
    if needed is None:
        return "A Sharpe ratio that is not above 0 is no evidence of anything, however long the record."
    records = [f"{span(needed)} to be told from 0"]
    if significance.minimum_backtest_years_for_best:
        records.append(
            f"{span(significance.minimum_backtest_years_for_best)} to stand out from {significance.trials} trials"
        )
    return (
        f"A Sharpe ratio of {best.metrics.sharpe:.2f} takes a record of {' and '.join(records)}; "
        f"this one has {span(len(best.returns) / TRADING_DAYS)}."
    )


def span(years: float) -> str:
    """Return years of trading in words, and what is less than half a year in days.

    >>> span(1.25), span(0.1)
    ('1.2 years', '25 days')
    """
    return f"{years:.1f} years" if years >= 0.5 else pluralize(round(years * TRADING_DAYS), "day")
