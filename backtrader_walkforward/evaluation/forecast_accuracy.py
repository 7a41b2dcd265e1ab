"""The accuracy of a forecast, compared with the naive one: tomorrow = today."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.forecast_tests import (
    SIGNIFICANT,
    ForecastTest,
    clark_west,
    mean_absolute_scaled_error,
    persistent_bias,
    pesaran_timmermann,
    theils_u2,
)


@dataclass(frozen=True, kw_only=True)
class ForecastSkill:
    """Errors of a price forecast on the days whose next close is known, and tests of it.

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
    mase, theils_u2 : float or None
        Errors as multiples of those of the random walk, in prices and in returns (`forecast_tests`).
    clark_west, pesaran_timmermann : ForecastTest
        Tests whether the forecast knows more than the random walk, and whether it predicts the sign of the return.
    mean_error : float
        Mean of predicted - actual close, in the unit of the prices: the bias.
    mean_error_share : float or None
        Mean error / RMSE, in [-1, 1]: at 1 and -1 every error is the same. None without an error.
    persistent_bias : float or None
        Mean errors of months / RMSE, in [0, 1]. It also finds a forecast that is too low for months, then too high.
    long_ratio, short_ratio : float
        Shares of these days on which a rise, and a fall, was forecast.
    verdict : str
        A sentence that compares it with the naive forecast.
    """

    days: int
    rmse: float
    mae: float
    naive_rmse: float
    naive_mae: float
    skill: float | None
    directional_accuracy: float | None
    mase: float | None
    theils_u2: float | None
    clark_west: ForecastTest
    pesaran_timmermann: ForecastTest
    mean_error: float
    mean_error_share: float | None
    persistent_bias: float | None
    long_ratio: float
    short_ratio: float
    verdict: str


@dataclass(frozen=True, kw_only=True)
class ForecastSummary:
    """How the forecasts were made, how far they missed, and the next one.

    `train_sequences` and `test_sequences` are shapes: (windows, bars a window, features), those of the first fold and
    of all forecasts. `epochs` are the passes over the training windows, fold by fold, `out_of_range` the share of the
    test rows' feature values outside what their fold was trained on. `next_session` holds `forecast_date` (the close it
    was made at), `predicted_return` and `predicted_close`.
    """

    train_sequences: tuple[int, ...]
    test_sequences: tuple[int, ...]
    folds: int
    epochs: tuple[int, ...]
    out_of_range: float
    skill: ForecastSkill
    next_session: Mapping[str, Any]


def measure_forecast(forecasts: pd.DataFrame, close: pd.Series) -> ForecastSkill:
    """Compare each forecast with the close of the session after the date on which it was made.

    Parameters
    ----------
    forecasts : DataFrame
        Indexed by the date of the forecast, with `predicted_close` and `predicted_return`.
    close : Series
        Closes on those dates and the sessions between them; those before are the past that MASE is scaled by. The last
        forecast, whose session has not come, is left out.
    """
    next_close = close.shift(-1).reindex(forecasts.index)
    known = next_close.notna() & forecasts["predicted_close"].notna()
    following, today = next_close[known], close.reindex(forecasts.index)[known]
    predicted, actual = forecasts["predicted_return"][known], following / today - 1
    error, naive_error = forecasts["predicted_close"][known] - following, today - following
    mse, naive_mse = float((error**2).mean()), float((naive_error**2).mean())
    skill = 1 - mse / naive_mse if naive_mse else None
    nested = clark_west(predicted, actual)
    return ForecastSkill(
        days=int(known.sum()),
        rmse=float(np.sqrt(mse)),
        mae=float(error.abs().mean()),
        naive_rmse=float(np.sqrt(naive_mse)),
        naive_mae=float(naive_error.abs().mean()),
        skill=skill,
        directional_accuracy=directional_accuracy(predicted, actual),
        mase=mean_absolute_scaled_error(error, close.loc[: forecasts.index[0]]),
        theils_u2=theils_u2(predicted, actual),
        clark_west=nested,
        pesaran_timmermann=pesaran_timmermann(predicted, actual),
        mean_error=float(error.mean()),
        mean_error_share=float(error.mean() / np.sqrt(mse)) if mse else None,
        persistent_bias=persistent_bias(error),
        long_ratio=float((predicted > 0).mean()),
        short_ratio=float((predicted < 0).mean()),
        verdict=compare_to_naive(skill, nested, always_naive=bool((predicted == 0).all())),
    )


def directional_accuracy(predicted: pd.Series, actual: pd.Series) -> float | None:
    """Return the share of equal signs where neither return is 0; None if there is no such day."""
    both_moved = (predicted != 0) & (actual != 0)
    return float((np.sign(predicted) == np.sign(actual))[both_moved].mean()) if both_moved.any() else None


def compare_to_naive(skill: float | None, nested: ForecastTest, *, always_naive: bool) -> str:
    """Return a sentence that compares the forecast with the naive one."""
    if always_naive:
        return "The forecast is the naive one: tomorrow = today."
    if skill is None:
        return "The forecast cannot be judged: the price never moved."
    if skill <= 0:
        worse = f"{-skill:.1%} larger" if skill > -1 else f"{1 - skill:.1f} times as large"
        return f"The forecast is no better than the naive one, tomorrow = today: its squared error is {worse}."
    beats = f"The forecast beats the naive one by {skill:.1%} in squared error"
    if nested.p_value is not None and nested.p_value < SIGNIFICANT:
        return f"{beats}, more than chance would give (Clark-West)."
    chance = "" if nested.p_value is None else f" (Clark-West p = {nested.p_value:.2f})"
    return f"{beats}, no more than chance may give{chance}."
