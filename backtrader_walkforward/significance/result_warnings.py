"""Warnings on a result: on its forecast, on the trading of the best variant, and on the length of the test.

A fact that is not known, None, triggers no warning.
"""

from collections.abc import Iterator

import numpy as np

from backtrader_walkforward.evaluation import BacktestResult, ForecastSkill

MOST_BIAS = 0.5
"""Largest persistent bias, as a share of the RMSE: above it, a quarter of the squared error is the same for a month.

Without bias the share is about .22, and above .5 once in 100,000 tests of 150 days."""

MOST_ON_ONE_SIDE = 0.95
MOST_OUT_OF_RANGE = 0.2
FEWEST_TRADES = 30
LEAST_EXPOSURE = 0.05
FEWEST_DAYS = 63
"""A quarter of a year. The tests need many days; below this number they say nothing."""


def disqualifying_warnings(
    best: BacktestResult, forecast: ForecastSkill | None, best_changes_with_seed: bool | None
) -> Iterator[str]:
    """Yield the warnings with one of which a run is no evidence of skill; arguments as of `assess_significance`."""
    if forecast:
        yield from biased_forecast(forecast)
        yield from one_sided_forecast(forecast)
    trades, days = best.metrics.trades, len(best.returns)
    if trades < FEWEST_TRADES:
        yield f"{best.name} closed {trades} trades. At least {FEWEST_TRADES} are needed to tell skill from luck."
    yield from profit_of_one_day(best)
    if best_changes_with_seed:
        yield "The best variant changes with the seed. The seed decides which variant ranks first, not the market."
    if days < FEWEST_DAYS:
        yield f"The test is too short: it has {days} days, and at least {FEWEST_DAYS} are needed."


def other_warnings(best: BacktestResult, needed_days: float | None, out_of_range: float | None) -> Iterator[str]:
    """Yield the warnings that disqualify nothing; `needed_days` is the minimum track record length of the best.

    Below that length the probabilistic Sharpe ratio, and so the deflated one, is below 95 % without a warning. A low
    exposure does not show in the Sharpe ratio.
    """
    days, per_year, exposure = len(best.returns), best.bars_a_year, float(best.weights.abs().mean())
    if needed_days is not None and FEWEST_DAYS <= days < needed_days:
        yield (
            f"The test is too short: it takes {needed_days / per_year:.1f} years to tell this Sharpe ratio from 0, "
            f"and the test has {days / per_year:.1f}."
        )
    if exposure < LEAST_EXPOSURE:
        yield (
            f"{best.name} invests {exposure:.1%} of its active account on average, less than {LEAST_EXPOSURE:.0%}. "
            "The forecast has hardly any influence on its result."
        )
    if out_of_range is not None and out_of_range > MOST_OUT_OF_RANGE:
        yield (
            f"{out_of_range:.0%} of the test features lie outside the range of the training rows: the model "
            "extrapolates."
        )


def biased_forecast(forecast: ForecastSkill) -> Iterator[str]:
    """Warn of errors with the same sign for days or weeks."""
    bias = forecast.persistent_bias or 0.0
    direction = "low for weeks and too high for other weeks"
    if abs(forecast.mean_error_share or 0.0) > MOST_BIAS:
        direction = f"{'low' if forecast.mean_error < 0 else 'high'} day after day"
    if bias > MOST_BIAS:
        yield (
            f"The forecast is biased: it is too {direction}. The persistent error is {bias:.0%} of the RMSE, more than "
            f"{MOST_BIAS:.0%}, so that the direction of the forecast means nothing."
        )


def one_sided_forecast(forecast: ForecastSkill) -> Iterator[str]:
    """Warn of a forecast that is nearly always up, or nearly always down."""
    for side, share in (("long", forecast.long_ratio), ("short", forecast.short_ratio)):
        if share > MOST_ON_ONE_SIDE:
            yield (
                f"The forecast is nearly always on one side: {side} on {share:.0%} of the days. The direction of the "
                "market decides the result, not the forecast."
            )


def profit_of_one_day(best: BacktestResult) -> Iterator[str]:
    """Warn of a profit, beyond the interest on cash, that is gone without the best day."""
    returns = best.excess_returns
    if 1 < float(np.prod(1 + returns)) <= 1 + float(returns.max()):
        day = returns.index[int(returns.argmax())].date()
        yield f"The profit of {best.name} comes from one day: without {day} there is no profit."
