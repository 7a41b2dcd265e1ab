"""What `index.html` says of the forecast."""

from __future__ import annotations

from backtrader_walkforward.reports.formatting import format_test, json_value, number, percent, price
from backtrader_walkforward.reports.pages import plain_text
from backtrader_walkforward.reports.run_summary import ForecastSummary


def forecast_summary(forecast: ForecastSummary) -> dict[str, str]:
    """Return what the forecasts were made of, how far they missed, and the next one."""
    following, skill = forecast.next_session, forecast.skill
    return {
        "Training windows": plain_text(shape(forecast.train_sequences)),
        "Test windows": plain_text(shape(forecast.test_sequences)),
        "Fits (folds)": plain_text(forecast.folds),
        "RMSE": plain_text(f"{price(skill.rmse)}, naive {price(skill.naive_rmse)}"),
        "Mean absolute error": plain_text(f"{price(skill.mae)}, naive {price(skill.naive_mae)}"),
        "Skill against the naive forecast": percent(skill.skill),
        "Bias: mean error over RMSE, month by month": plain_text(
            f"{number(skill.mean_error_share)}, {number(skill.persistent_bias)}"
        ),
        "MASE, Theil's U2": f"{number(skill.mase)}, {number(skill.theils_u2, 3)}",
        "Knows more than the naive forecast (Clark-West)": plain_text(format_test(skill.clark_west)),
        "Direction right": percent(skill.directional_accuracy, 1),
        "Its sign tells the return's (Pesaran-Timmermann)": plain_text(format_test(skill.pesaran_timmermann)),
        "Days forecast long, short": f"{percent(skill.long_ratio, 0)}, {percent(skill.short_ratio, 0)}",
        "Test features outside the training range": percent(forecast.out_of_range, 1),
        f"Next session, seen from {json_value(following.get('forecast_date'))}": plain_text(
            f"{percent(following.get('predicted_return'))}, close {price(following.get('predicted_close'))}"
        ),
    }


def shape(sizes: tuple[int, ...]) -> str:
    """Return a shape as text.

    >>> shape((276, 60, 31))
    '276 x 60 x 31'
    """
    return " x ".join(str(size) for size in sizes)
