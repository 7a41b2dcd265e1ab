"""Alarms on the forecast that the variants traded."""

from collections.abc import Iterator

from backtrader_walkforward.evaluation.forecast_accuracy import ForecastSkill
from backtrader_walkforward.significance.warning import ResultWarning, WarningInputs

MOST_BIAS = 0.5
"""Share of the RMSE above which a forecast is biased: a quarter of its squared error is the same miss for a month.

Without bias the share is about .22, and above .5 once in 100,000 tests of 150 days."""

MOST_ON_ONE_SIDE = 0.95
MOST_OUT_OF_RANGE = 0.2


def biased(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Fire when the errors of the forecast go the same way day after day. Disqualifies."""
    forecast = inputs.forecast
    share = forecast.persistent_bias if forecast else None
    if forecast and share is not None and share > MOST_BIAS:
        yield ResultWarning(
            f"The forecast is biased: {way_of_the_miss(forecast)}. The same miss again and again makes up "
            f"{share:.0%} of the RMSE, more than {MOST_BIAS:.0%}, so that its direction means nothing.",
            disqualifies=True,
        )


def way_of_the_miss(forecast: ForecastSkill) -> str:
    """Return which way the forecast misses, over the whole test or for weeks."""
    if abs(forecast.mean_error_share or 0.0) <= MOST_BIAS:
        return "for weeks on end it is too low, for others too high"
    return f"day after day it is too {'low' if forecast.mean_error < 0 else 'high'}"


def one_sided(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Fire when nearly all forecasts are rises, or falls: then the market's direction decides. Disqualifies."""
    if not inputs.forecast:
        return
    for side, share in (("long", inputs.forecast.long_ratio), ("short", inputs.forecast.short_ratio)):
        if share > MOST_ON_ONE_SIDE:
            yield ResultWarning(
                f"The forecast is always on one side: {side} on {share:.0%} of the days. Whether that paid is up to "
                "the market, not to the forecast.",
                disqualifies=True,
            )


def unseen_features(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Fire when many test features lie where the model was never trained."""
    share = inputs.out_of_range
    if share is not None and share > MOST_OUT_OF_RANGE:
        yield ResultWarning(
            f"{share:.0%} of the test features lie outside the range seen in training: there the model guesses.",
            disqualifies=False,
        )
