"""Warnings on a result: facts that a reader should know beside it. They inform, and decide nothing.

A fact that is not known, None, triggers no warning.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import BacktestResult, Comparison, ForecastSkill
from backtrader_walkforward.evaluation.forecast.accuracy import LEAST_SPREAD
from backtrader_walkforward.evaluation.forecast.forecast_tests import DAYS_A_MONTH
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.system.text import pluralize

MOST_BIAS = 0.5
"""Largest persistent bias, as a share of the RMSE: above it, a quarter of the squared error is the same for a month.

Without bias the share is about .22, and above .5 in fewer than 1 of 1,000 tests of 150 days, even where volatility
comes in waves."""

FEWEST_MONTHS = 3
"""Stretches of 21 days below which a bias is none: of one, without bias, the share is above .5 once in 50 tests."""

MOST_ERROR = 2.0
"""Standard error of an annual Sharpe ratio over a quarter of a year."""

MOST_ON_ONE_SIDE = 0.95
MOST_OUT_OF_RANGE = 0.2
LEAST_EXPOSURE = 0.05

MOST_HITS, MOST_R_SQUARED, MOST_SHARPE = 0.6, 0.05, 4.0
"""Figures that no honest forecast of prices is known to hold for long.

Forecasts of daily returns are right on 50.5 to 52 % of the days and explain up to .4 % of the variance, of a month
(Gu, Kelly, Xiu 2020; Fischer, Krauss 2018)."""

LUCK = 0.01
"""p-value below which such a figure is not taken for luck: 12 hits on 20 days are luck, 18 are not."""

LEAK = "Honest forecasts of prices hardly ever do: look for a leak, a value that was not known at the close."


def warnings_on(
    comparison: Comparison,
    forecast: ForecastSkill | None = None,
    skill: SkillTest | None = None,
    *,
    best_changes_with_seed: bool | None = None,
    out_of_range: float | None = None,
) -> Iterator[str]:
    """Yield the warnings on a run, a sentence or two each; arguments as of `assess_significance`."""
    if forecast:
        yield from too_good_forecast(forecast)
        yield from biased_forecast(forecast)
        yield from hardly_moving_forecast(forecast)
        if not forecast.hardly_moves:
            yield from one_sided_forecast(forecast)
    best = name_text(comparison.best.name)
    yield from too_good_account(best, comparison.best.metrics.sharpe, skill)
    yield from profit_of_one_day(best, comparison.best.excess_returns)
    yield from idle_account(comparison.best)
    if best_changes_with_seed:
        yield "Another variant ranks first with another seed: the ranking depends on the seed, too."
    yield from short_test(len(comparison.best.returns), comparison.best.bars_a_year)
    if out_of_range is not None and out_of_range > MOST_OUT_OF_RANGE:
        yield (
            f"{out_of_range:.0%} of the test inputs lie outside the range of the training rows: a model has learned"
            " nothing about them."
        )


def too_good_forecast(forecast: ForecastSkill) -> Iterator[str]:
    """Warn of a forecast that is right more often, or explains more, than honest forecasts do, and not by luck."""
    hits = forecast.directional_accuracy or 0.0
    explained = min(forecast.r_squared or 0.0, forecast.naive_r_squared or 0.0)
    if hits > MOST_HITS and not may_be_luck(forecast.pesaran_timmermann.p_value):
        yield f"The direction of the forecast is right on {hits:.0%} of the days, more than {MOST_HITS:.0%}. {LEAK}"
    if explained > MOST_R_SQUARED and not may_be_luck(forecast.clark_west_p_value):
        yield (
            f"The squared error of the forecast is {explained:.0%} smaller than that of the mean and of the naive "
            f"forecast, more than {MOST_R_SQUARED:.0%}. {LEAK}"
        )


def too_good_account(label: str, sharpe: float | None, skill: SkillTest | None) -> Iterator[str]:
    """Warn of a Sharpe ratio that neither the market nor luck gives to the best of so many accounts."""
    if sharpe is not None and sharpe > MOST_SHARPE and skill and not may_be_luck(skill.p_value):
        yield f"{label} has a Sharpe ratio of {sharpe:.1f}, more than {MOST_SHARPE:.0f}. {LEAK}"


def may_be_luck(p_value: float | None) -> bool:
    """Whether luck gives such a p-value in one of 100 cases, or it is not known."""
    return p_value is None or p_value >= LUCK


def biased_forecast(forecast: ForecastSkill) -> Iterator[str]:
    """Warn of errors with the same sign for days or weeks."""
    bias = forecast.persistent_bias or 0.0
    direction = "low for weeks and too high for other weeks"
    if abs(forecast.mean_error_share or 0.0) > MOST_BIAS:
        direction = f"{'low' if forecast.mean_error < 0 else 'high'} day after day"
    if bias > MOST_BIAS and forecast.days >= FEWEST_MONTHS * DAYS_A_MONTH:
        yield (
            f"The forecast is biased: it is too {direction}. The persistent error is {bias:.0%} of the RMSE, more than "
            f"{MOST_BIAS:.0%}; without bias it is about 22%."
        )


def hardly_moving_forecast(forecast: ForecastSkill) -> Iterator[str]:
    """Warn of a forecast that is nearly constant within a fit, as the mean of the training days is."""
    if forecast.hardly_moves:
        yield (
            "The forecast is nearly a constant: it does not tell one day from another. Within a fit its standard "
            f"deviation is {forecast.spread_within_folds:.2%} of that of the returns, less than {LEAST_SPREAD:.0%}."
        )


def one_sided_forecast(forecast: ForecastSkill) -> Iterator[str]:
    """Warn of a forecast that is nearly always up, or nearly always down."""
    for side, share in (("long", forecast.long_ratio), ("short", forecast.short_ratio)):
        if share > MOST_ON_ONE_SIDE:
            yield (
                f"The forecast is nearly always on one side: {side} on {share:.0%} of the days. Its direction is that "
                f"of an account that is always {side}."
            )


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
            f"{name_text(best.name)} invests {exposure:.2%} of its active account on average, less than"
            f" {LEAST_EXPOSURE:.0%}: the Sharpe ratio does not show how little is at work."
        )


def short_test(bars: int, per_year: int) -> Iterator[str]:
    """Warn of a test that is shorter than a quarter of a year.

    The standard error of a Sharpe ratio near 0 is sqrt(bars a year / bars) (Lo 2002).
    """
    error = (per_year / bars) ** 0.5
    if error > MOST_ERROR:
        length = pluralize(bars, name_of_bar(per_year))
        yield f"The test is short: over {length} an annual Sharpe ratio has a standard error of about {error:.1f}."
