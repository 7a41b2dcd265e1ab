"""The verdict on a run as text, for a reader who is no statistician."""

from collections.abc import Sequence

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.significance.result import Significance
from backtrader_walkforward.significance.sharpe_tests import SIGNIFICANT
from backtrader_walkforward.system.text import pluralize

NO_SHARPE = "No variant has a Sharpe ratio, because no equity ever changed. There is nothing to test."


def missing_evidence(tested: Significance, disqualifying: Sequence[str]) -> str | None:
    """Return the first reason why the run is no evidence of skill, None if it is evidence."""
    required = f"and more than {SIGNIFICANT:.0%} is required."
    deflated, appraisal = tested.deflated_sharpe_ratio, tested.deflated_appraisal_ratio
    superior = tested.superior_predictive_ability
    if deflated is None or deflated <= SIGNIFICANT:
        return f"the probability that its Sharpe ratio is more than luck is {deflated or 0.0:.0%}, {required}"
    if appraisal is None:
        return "its active account did nothing but follow buy & hold."
    if appraisal <= SIGNIFICANT:
        return f"the probability that its trading added to the return of the market is {appraisal:.0%}, {required}"
    if superior is None or superior >= 1 - SIGNIFICANT:
        p_value = "" if superior is None else f" (p = {superior:.2f}, and less than {1 - SIGNIFICANT:.2f} is required)"
        return f"in a test of all variants at once, none is significantly better than buy & hold{p_value}."
    return f"all tests are passed, but a warning disqualifies the run. {disqualifying[0]}" if disqualifying else None


def verdict_text(comparison: Comparison, tested: Significance, missing: str | None) -> str:
    """Return the trials, the expected best without skill, the conclusion, and the record that a conclusion needs.

    `missing` is the `missing_evidence`.
    """
    best, trials, variants = comparison.best, tested.trials, len(comparison.ranked)
    length = pluralize(len(best.returns), name_of_bar(best.bars_a_year))
    earlier = f" ({trials} with those of earlier runs)" if trials > variants else ""
    ends = tested.variant(best.name).sharpe_interval
    interval = f" (95 % interval: {ends[0]:.1f} to {ends[1]:.1f})" if ends else ""
    expected = (
        "A single trial needs no correction for the number of trials."
        if trials < 2
        else f"The best of {trials} variants without skill is expected to have about {tested.expected_best_sharpe:.2f}."
    )
    conclusion = f"No evidence of skill: {missing}" if missing else evidence_text(comparison, tested)
    return (
        f"The run tried {pluralize(variants, 'variant')}{earlier} over {length}. "
        f"The best, {best.name}, has a Sharpe ratio of {best.metrics.sharpe:.2f}{interval}. {expected} {conclusion} "
        f"{record_text(comparison, tested)}"
    )


def evidence_text(comparison: Comparison, tested: Significance) -> str:
    """Return the sentence that reports evidence of skill, with its limits."""
    probability = min(tested.deflated_sharpe_ratio or 0.0, tested.deflated_appraisal_ratio or 0.0)
    costs = "after costs" if comparison.best.costs.paid else "before costs"
    earlier = "" if tested.earlier_runs_counted else " and without counting earlier runs"
    return f"Evidence of skill with a probability of {min(probability, 0.999):.1%}, {costs}{earlier}."


def record_text(comparison: Comparison, tested: Significance) -> str:
    """Return the sentence on the length of the record that the Sharpe ratio needs."""
    best, per_year = comparison.best, comparison.best.bars_a_year
    needed = tested.variant(best.name).minimum_track_record_days
    to_stand_out = tested.minimum_backtest_years_for_best
    if needed is None:
        return "A Sharpe ratio that is not above 0 is no evidence, however long the record is."
    record = duration(needed, per_year)
    also = (
        f" and {duration(to_stand_out * per_year, per_year)} to stand out from {tested.trials} trials"
        if to_stand_out
        else ""
    )
    return (
        f"A Sharpe ratio of {best.metrics.sharpe:.2f} needs a record of {record} to differ from 0{also}; "
        f"this record has {duration(len(best.returns), per_year)}."
    )


def duration(bars: float, per_year: int) -> str:
    """Return a number of bars in years, or in bars if it is less than half a year.

    >>> duration(315, 252), duration(25, 252), duration(13, 52)
    ('1.2 years', '25 days', '13 weeks')
    """
    years = bars / per_year
    return f"{years:.1f} years" if years >= 0.5 else pluralize(round(bars), name_of_bar(per_year))
