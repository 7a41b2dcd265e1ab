"""Warnings on a forecast: facts that a reader should know beside it. A figure that is None triggers none."""

from collections.abc import Iterator

from backtrader_walkforward.evaluation.forecast.forecast_skill import LEAST_SPREAD, ForecastSkill
from backtrader_walkforward.evaluation.forecast.forecast_tests import DAYS_A_MONTH

MOST_BIAS = 0.5
"""Largest persistent bias, as a share of the RMSE: above it, a quarter of the squared error is the same for a month.

Without bias the share is about .22, and above .5 in fewer than 1 of 1,000 tests of 150 days, even where volatility
comes in waves."""

FEWEST_MONTHS = 3
"""Stretches of 21 days below which a bias is none: of one, without bias, the share is above .5 once in 50 tests."""

MOST_ON_ONE_SIDE = 0.95

MOST_HITS, MOST_R_SQUARED = 0.6, 0.05
"""Figures that no honest forecast of prices is known to hold for long.

Forecasts of daily returns are right on 50.5 to 52 % of the days and explain up to .4 % of the variance, of a month
(Gu, Kelly, Xiu 2020; Fischer, Krauss 2018)."""

LUCK = 0.01
"""p-value below which such a figure is not taken for luck: 12 hits on 20 days are luck, 18 are not."""

LEAK = "Honest forecasts of prices hardly ever do: look for a leak, a value that was not known at the close."


def forecast_warnings(forecast: ForecastSkill) -> Iterator[str]:
    """Yield the warnings on a forecast, a sentence or two each."""
    yield from too_good_forecast(forecast)
    yield from biased_forecast(forecast)
    yield from hardly_moving_forecast(forecast)
    if not forecast.hardly_moves:
        yield from one_sided_forecast(forecast)


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
