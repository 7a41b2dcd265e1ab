"""Warnings on a result: on its forecast, on the trading of the best variant, and on the length of the test."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backtrader_walkforward.evaluation import BacktestResult, ForecastSkill
from backtrader_walkforward.evaluation.metrics import TRADING_DAYS

MOST_BIAS = 0.5
"""Largest persistent bias, as a share of the RMSE: above it, a quarter of the squared error is the same for a month.

Without bias the share is about .22, and above .5 once in 100,000 tests of 150 days."""

MOST_ON_ONE_SIDE = 0.95
MOST_OUT_OF_RANGE = 0.2
FEWEST_TRADES = 30
LEAST_EXPOSURE = 0.05
FEWEST_DAYS = 63
"""A quarter of a year. The tests need many days; below this number they say nothing."""


@dataclass(frozen=True, kw_only=True)
class WarningInputs:
    """The facts that the warnings look at; a fact that is None triggers no warning.

    Attributes
    ----------
    best : BacktestResult
        The variant that ranks first.
    needed_days : float, optional
        Its minimum track record length.
    forecast, out_of_range, best_changes_with_seed
        As `assess_significance` takes them.
    """

    best: BacktestResult
    needed_days: float | None = None
    forecast: ForecastSkill | None = None
    out_of_range: float | None = None
    best_changes_with_seed: bool | None = None


def triggered_warnings(inputs: WarningInputs) -> tuple[list[str], list[str]]:
    """Return the warnings that are triggered: those that disqualify the run, and the others."""
    disqualifying, others = (
        [text for check in checks if (text := check(inputs))] for checks in (DISQUALIFYING, OTHERS)
    )
    return disqualifying, others


def biased_forecast(inputs: WarningInputs) -> str | None:
    """Warn of errors with the same sign for days or weeks."""
    forecast = inputs.forecast
    if not forecast or not (forecast.persistent_bias or 0.0) > MOST_BIAS:
        return None
    if abs(forecast.mean_error_share or 0.0) > MOST_BIAS:
        direction = f"{'low' if forecast.mean_error < 0 else 'high'} day after day"
    else:
        direction = "low for weeks and too high for other weeks"
    return (
        f"The forecast is biased: it is too {direction}. The persistent error is {forecast.persistent_bias:.0%} of the "
        f"RMSE, more than {MOST_BIAS:.0%}, so that the direction of the forecast means nothing."
    )


def one_sided_forecast(inputs: WarningInputs) -> str | None:
    """Warn of a forecast that is nearly always up, or nearly always down."""
    if not inputs.forecast:
        return None
    share, side = max((inputs.forecast.long_ratio, "long"), (inputs.forecast.short_ratio, "short"))
    if not share > MOST_ON_ONE_SIDE:
        return None
    return (
        f"The forecast is nearly always on one side: {side} on {share:.0%} of the days. The direction of the "
        "market decides the result, not the forecast."
    )


def few_trades(inputs: WarningInputs) -> str | None:
    """Warn of fewer than 30 closed trades."""
    name, trades = inputs.best.name, inputs.best.metrics.trades
    if trades >= FEWEST_TRADES:
        return None
    return f"{name} closed {trades} trades. At least {FEWEST_TRADES} are needed to tell skill from luck."


def profit_of_one_day(inputs: WarningInputs) -> str | None:
    """Warn of a profit, beyond the interest on cash, that is gone without the best day."""
    returns = inputs.best.excess_returns
    growth = float(np.prod(1 + returns))
    if not 1 < growth <= 1 + float(returns.max()):
        return None
    day = returns.index[int(returns.argmax())].date()
    return f"The profit of {inputs.best.name} comes from one day: without {day} there is no profit."


def unstable_best(inputs: WarningInputs) -> str | None:
    """Warn of another best variant with another seed."""
    if not inputs.best_changes_with_seed:
        return None
    return "The best variant changes with the seed. The seed decides which variant ranks first, not the market."


def short_test(inputs: WarningInputs) -> str | None:
    """Warn of a test below a quarter of a year."""
    days = len(inputs.best.returns)
    if days >= FEWEST_DAYS:
        return None
    return f"The test is too short: it has {days} days, and at least {FEWEST_DAYS} are needed."


def short_record(inputs: WarningInputs) -> str | None:
    """Warn of a longer test that is below the minimum track record length.

    It needs no disqualification: the probabilistic Sharpe ratio, and so the deflated one, is then below 95 %.
    """
    days, needed = len(inputs.best.returns), inputs.needed_days
    if needed is None or not FEWEST_DAYS <= days < needed:
        return None
    return (
        f"The test is too short: it takes {needed / TRADING_DAYS:.1f} years to tell this Sharpe ratio from 0, and "
        f"the test has {days / TRADING_DAYS:.1f}."
    )


def low_exposure(inputs: WarningInputs) -> str | None:
    """Warn of an active account that is nearly always in cash. Its Sharpe ratio does not show this."""
    exposure = float(inputs.best.weights.abs().mean())
    if not exposure < LEAST_EXPOSURE:
        return None
    return (
        f"{inputs.best.name} invests {exposure:.1%} of its active account on average, less than "
        f"{LEAST_EXPOSURE:.0%}. The forecast has hardly any influence on its result."
    )


def features_out_of_range(inputs: WarningInputs) -> str | None:
    """Warn of many test features outside the range of the training rows."""
    share = inputs.out_of_range
    if share is None or not share > MOST_OUT_OF_RANGE:
        return None
    return f"{share:.0%} of the test features lie outside the range of the training rows: the model extrapolates."


Check = Callable[[WarningInputs], str | None]

DISQUALIFYING: tuple[Check, ...] = (
    *(biased_forecast, one_sided_forecast, few_trades, profit_of_one_day, unstable_best, short_test),
)
"""With one of these warnings, a run is no evidence of skill."""

OTHERS: tuple[Check, ...] = (short_record, low_exposure, features_out_of_range)
