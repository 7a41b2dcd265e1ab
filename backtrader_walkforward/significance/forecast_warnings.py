"""Warnings on the forecast that the variants traded."""

from collections.abc import Iterator

from backtrader_walkforward.evaluation import ForecastSkill
from backtrader_walkforward.significance.result_warning import ResultWarning, WarningInputs

MOST_BIAS = 0.5
"""Largest persistent bias, as a share of the RMSE: above it, a quarter of the squared error is the same for a month.

Without bias the share is about .22, and above .5 once in 100,000 tests of 150 days."""

MOST_ON_ONE_SIDE = 0.95
MOST_OUT_OF_RANGE = 0.2


def biased_forecast(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Warn of errors with the same sign for days or weeks. Disqualifies."""
    forecast = inputs.forecast
    bias = forecast.persistent_bias if forecast else None
    if forecast and bias is not None and bias > MOST_BIAS:
        yield ResultWarning(
            f"The forecast is biased: {direction_of_bias(forecast)}. The persistent error is {bias:.0%} of the RMSE, "
            f"more than {MOST_BIAS:.0%}, so that the direction of the forecast means nothing.",
            disqualifies=True,
        )


def direction_of_bias(forecast: ForecastSkill) -> str:
    """Return in which direction the forecast errs, over the whole test or for weeks."""
    if abs(forecast.mean_error_share or 0.0) <= MOST_BIAS:
        return "it is too low for weeks and too high for other weeks"
    return f"it is too {'low' if forecast.mean_error < 0 else 'high'} day after day"


def one_sided_forecast(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Warn of a forecast that is nearly always up, or nearly always down. Disqualifies."""
    if not inputs.forecast:
        return
    for side, share in (("long", inputs.forecast.long_ratio), ("short", inputs.forecast.short_ratio)):
        if share > MOST_ON_ONE_SIDE:
            yield ResultWarning(
                f"The forecast is nearly always on one side: {side} on {share:.0%} of the days. The direction of the "
                "market decides the result, not the forecast.",
                disqualifies=True,
            )


def features_out_of_range(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Warn of many test features outside the range of the training rows."""
    share = inputs.out_of_range
    if share is not None and share > MOST_OUT_OF_RANGE:
        yield ResultWarning(
            f"{share:.0%} of the test features lie outside the range of the training rows: the model extrapolates.",
            disqualifies=False,
        )
