"""The assessment of a run: the statistical tests, the warnings and the verdict."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from backtrader_walkforward.evaluation import Comparison, ForecastSkill
from backtrader_walkforward.significance.compute import NO_SHARPE, compute_significance
from backtrader_walkforward.significance.forecast_warnings import (
    biased_forecast,
    features_out_of_range,
    one_sided_forecast,
)
from backtrader_walkforward.significance.result import Significance, TrialRatios
from backtrader_walkforward.significance.result_warning import ResultWarning, WarningInputs
from backtrader_walkforward.significance.trading_warnings import (
    few_trades,
    low_exposure,
    profit_of_one_day,
    short_test,
    unstable_best,
)
from backtrader_walkforward.significance.verdict import missing_evidence, verdict_text

CHECKS: tuple[Callable[[WarningInputs], Iterator[ResultWarning]], ...] = (
    biased_forecast,
    one_sided_forecast,
    few_trades,
    profit_of_one_day,
    unstable_best,
    short_test,
    low_exposure,
    features_out_of_range,
)
"""One function for each warning. Each yields its warning independently of the others."""


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

    A run shows skill only if the deflated Sharpe ratio and the deflated appraisal ratio are above 95 %, Hansen's test
    of superior predictive ability has p < 5 %, and no warning disqualifies the run.

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
    significance = compute_significance(comparison, max(trials or 0, len(comparison.ranked)), others, seed)
    inputs = WarningInputs(
        best=comparison.best,
        needed_days=significance.variant(comparison.best.name).minimum_track_record_days,
        forecast=forecast,
        out_of_range=out_of_range,
        best_changes_with_seed=best_changes_with_seed,
    )
    warnings = triggered_warnings(inputs)
    significance = replace(
        significance, earlier_runs_counted=trials is not None, warnings=tuple(warning.text for warning in warnings)
    )
    if comparison.best.metrics.sharpe is None:
        return replace(significance, verdict=NO_SHARPE)
    shows_skill = missing_evidence(significance, warnings) is None
    return replace(significance, shows_skill=shows_skill, verdict=verdict_text(comparison, significance, warnings))


def triggered_warnings(inputs: WarningInputs) -> tuple[ResultWarning, ...]:
    """Return the warnings that are triggered, those that disqualify first."""
    triggered = [warning for check in CHECKS for warning in check(inputs)]
    return tuple(sorted(triggered, key=lambda warning: not warning.disqualifies))
