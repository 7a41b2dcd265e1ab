"""The accuracy of a forecast, compared with the mean of its training days, and with no change."""

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.forecast.forecast_skill import ForecastSkill
from backtrader_walkforward.evaluation.forecast.forecast_tests import (
    clark_west,
    mean_absolute_scaled_error,
    persistent_bias,
    pesaran_timmermann,
    r_squared,
    spread_within_folds,
)


def measure_forecast(forecasts: pd.DataFrame, returns: pd.Series, horizon: int) -> ForecastSkill:
    """Compare each forecast with the return that it was of.

    Parameters
    ----------
    forecasts : DataFrame
        Indexed by the date of the forecast, with `predicted_return`; where they are known, also `fold` and the
        `training_mean` of the fold.
    returns : Series
        Returns to forecast, by the date of the forecast (`next_return`); NaN where they are not yet known: those
        forecasts are left out. Those known at the first forecast are the past that MASE is scaled by.
    horizon : int
        Bars after which a return is known: one from close to close 1, one from the next open to the open after it 2.
    """
    actual = returns.reindex(forecasts.index)
    known = forecasts[actual.notna() & forecasts["predicted_return"].notna()]
    actual, predicted, mean = actual[known.index], known["predicted_return"], known.get("training_mean")
    error, past = predicted - actual, returns.loc[: forecasts.index[0]].iloc[:-horizon]
    rmse = root_mean_square(error)
    return ForecastSkill(
        days=len(known),
        rmse=rmse,
        mean_rmse=None if mean is None else root_mean_square(actual - mean),
        naive_rmse=root_mean_square(actual),
        r_squared=None if mean is None else r_squared(predicted, actual, mean),
        naive_r_squared=r_squared(predicted, actual, 0.0),
        clark_west=None if mean is None else clark_west(predicted, actual, mean),
        naive_clark_west=clark_west(predicted, actual, 0.0),
        mase=mean_absolute_scaled_error(error, past),
        naive_mase=mean_absolute_scaled_error(actual, past),
        spread_within_folds=spread_within_folds(predicted, actual, known["fold"]) if "fold" in known else None,
        directional_accuracy=directional_accuracy(predicted, actual),
        pesaran_timmermann=pesaran_timmermann(predicted, actual),
        mean_error=float(error.mean()),
        mean_error_share=float(error.mean() / rmse) if rmse else None,
        persistent_bias=persistent_bias(error),
        long_ratio=float((predicted > 0).mean()),
        short_ratio=float((predicted < 0).mean()),
    )


def correlation(forecasts: pd.DataFrame, returns: pd.Series) -> float | None:
    """Return the correlation of the forecasts with returns of the same dates, None if one of them does not move."""
    both = pd.concat([forecasts["predicted_return"], returns.rename("actual")], axis=1, join="inner").dropna()
    moves = np.ptp(both.to_numpy(dtype=float), axis=0) if len(both) else np.zeros(2)
    return float(np.corrcoef(both.to_numpy(dtype=float).T)[0, 1]) if moves.all() else None


def root_mean_square(values: pd.Series) -> float:
    """Return sqrt(mean of values²)."""
    return float(np.sqrt((values**2).mean()))


def directional_accuracy(predicted: pd.Series, actual: pd.Series) -> float | None:
    """Return the share of equal signs where neither return is 0; None if there is no such day."""
    both_moved = (predicted != 0) & (actual != 0)
    return float((np.sign(predicted) == np.sign(actual))[both_moved].mean()) if both_moved.any() else None
