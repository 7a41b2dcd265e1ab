"""Warnings on a result: facts that a reader should know beside it. They inform, and decide nothing.

A fact that is not known, None, triggers no warning.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import BacktestResult, Comparison, ForecastSkill
from backtrader_walkforward.evaluation.forecast.forecast_warnings import LEAK, forecast_warnings, may_be_luck
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.system.text import pluralize

MOST_ERROR = 2.0
"""Standard error of an annual Sharpe ratio over a quarter of a year."""

MOST_OUT_OF_RANGE = 0.2
LEAST_EXPOSURE = 0.05

MOST_SHARPE = 4.0
"""Annual Sharpe ratio that no honest forecast of prices is known to hold for long."""


def warnings_on(
    comparison: Comparison,
    forecast: ForecastSkill | None = None,
    skill: SkillTest | None = None,
    *,
    best_changes_with_seed: bool | None = None,
    out_of_range: float | None = None,
) -> dict[str, str]:
    """Return the warnings on a run, a sentence or two each, and the variant that each is about; "" for all of the run.

    Arguments as of `assess_significance`.
    """
    best = comparison.best
    before = forecast_warnings(forecast) if forecast else ()
    after = warnings_on_test(comparison, best_changes_with_seed=best_changes_with_seed, out_of_range=out_of_range)
    return (
        dict.fromkeys(before, "") | dict.fromkeys(warnings_on_best(best, skill), best.name) | dict.fromkeys(after, "")
    )


def warnings_on_best(best: BacktestResult, skill: SkillTest | None) -> Iterator[str]:
    """Yield the warnings on the best variant."""
    label = name_text(best.name)
    yield from too_good_account(label, best.metrics.sharpe, skill)
    yield from profit_of_one_day(label, best.excess_returns)
    yield from idle_account(best)


def warnings_on_test(
    comparison: Comparison, *, best_changes_with_seed: bool | None, out_of_range: float | None
) -> Iterator[str]:
    """Yield the warnings on the ranking, on the length of the test and on its inputs."""
    if best_changes_with_seed:
        yield "Another variant ranks first with another seed: the ranking depends on the seed, too."
    yield from short_test(len(comparison.best.returns), comparison.best.bars_a_year)
    if out_of_range is not None and out_of_range > MOST_OUT_OF_RANGE:
        yield (
            f"{out_of_range:.0%} of the test inputs lie outside the range of the training rows: a model has learned"
            " nothing about them."
        )


def too_good_account(label: str, sharpe: float | None, skill: SkillTest | None) -> Iterator[str]:
    """Warn of a Sharpe ratio that neither the market nor luck gives to the best of so many accounts."""
    if sharpe is not None and sharpe > MOST_SHARPE and skill and not may_be_luck(skill.p_value):
        yield f"{label} has a Sharpe ratio of {sharpe:.1f}, more than {MOST_SHARPE:.0f}. {LEAK}"


def profit_of_one_day(label: str, returns: pd.Series) -> Iterator[str]:
    """Warn of a profit, beyond the interest on cash, that is gone without the best day."""
    if 1 < float(np.prod(1 + returns)) <= 1 + float(returns.max()):
        day = returns.index[int(returns.argmax())].date()
        yield f"The profit of {label} comes from one day: without {day} there is no profit."


def idle_account(best: BacktestResult) -> Iterator[str]:
    """Warn of an account that is nearly all in cash, which a Sharpe ratio does not show."""
    exposure = float(best.weights.abs().mean())
    if exposure < LEAST_EXPOSURE:
        yield (
            f"{name_text(best.name)} has a target weight of {exposure:.2%} on average, less than"
            f" {LEAST_EXPOSURE:.0%}: the Sharpe ratio does not show how little is at work."
        )


def short_test(bars: int, per_year: int) -> Iterator[str]:
    """Warn of a test that is shorter than a quarter of a year.

    The standard error of a Sharpe ratio near 0 is sqrt(bars a year / bars) (Lo 2002).
    """
    if not bars:
        yield f"The test has one {name_of_bar(per_year)}: there is no return to judge."
        return
    error = (per_year / bars) ** 0.5
    if error > MOST_ERROR:
        length = pluralize(bars, name_of_bar(per_year))
        yield f"The test is short: over {length} an annual Sharpe ratio has a standard error of about {error:.1f}."
