"""How good a forecast is, beside the naive one: tomorrow = today."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class ForecastSkill:
    """Errors of a price forecast on the days whose next close is known.

    Attributes
    ----------
    days : int
        Forecasts that could be checked.
    rmse, mae : float
        Root of the mean squared, and mean absolute, error of `predicted_close`, in the unit of the prices.
    naive_rmse, naive_mae : float
        The same of the naive forecast on the same days.
    skill : float or None
        1 - rmse^2 / naive_rmse^2: above 0 better than naive, below 0 worse. None if prices never moved.
    directional_accuracy : float or None
        Share of days on which the predicted return had the sign of the actual one, among days on which both moved.
    """

    days: int
    rmse: float
    mae: float
    naive_rmse: float
    naive_mae: float
    skill: float | None
    directional_accuracy: float | None


def measure_forecast(forecasts: pd.DataFrame, close: pd.Series) -> ForecastSkill:
    """Compare each forecast with the close of the session after the date on which it was made.

    Parameters
    ----------
    forecasts : DataFrame
        Indexed by the date of the forecast, with `predicted_close`.
    close : Series
        Closes on those dates and the sessions between them. The last forecast, whose session has not come, is left out.
    """
    next_close = close.shift(-1).reindex(forecasts.index)
    known = next_close.notna() & forecasts["predicted_close"].notna()
    actual, today = next_close[known], close.reindex(forecasts.index)[known]
    error = forecasts["predicted_close"][known] - actual
    naive_error = today - actual
    naive_mse = float((naive_error**2).mean())
    return ForecastSkill(
        days=int(known.sum()),
        rmse=float(np.sqrt((error**2).mean())),
        mae=float(error.abs().mean()),
        naive_rmse=float(np.sqrt(naive_mse)),
        naive_mae=float(naive_error.abs().mean()),
        skill=1 - float((error**2).mean()) / naive_mse if naive_mse else None,
        directional_accuracy=directional_accuracy(forecasts["predicted_return"][known], actual / today - 1),
    )


def directional_accuracy(predicted: pd.Series, actual: pd.Series) -> float | None:
    """Return the share of equal signs where neither return is 0; None if there is no such day."""
    both_moved = (predicted != 0) & (actual != 0)
    if not both_moved.any():
        return None
    return float((np.sign(predicted) == np.sign(actual))[both_moved].mean())
