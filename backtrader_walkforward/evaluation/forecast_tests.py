"""Tests of a forecast against the random walk, which says that tomorrow is like today.

All forecasts are one step ahead. If the random walk is right, their errors are independent, and plain standard errors
are correct. A longer horizon would need autocorrelation-robust ones.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

DAYS_A_MONTH = 21

SIGNIFICANT = 0.05
"""p-value below which a forecast differs significantly from the random walk."""


@dataclass(frozen=True)
class ForecastTest:
    """A one-sided test: a small p-value speaks for the forecast."""

    statistic: float | None
    p_value: float | None
    """Standard normal for a forecast without information; None where the test is undefined."""
    days: int
    """Forecasts that it was made from."""

    @classmethod
    def of(cls, statistic: float, days: int) -> "ForecastTest":
        """Return the test with its p-value, undefined for a statistic that is not finite."""
        if not np.isfinite(statistic):
            return cls(None, None, days)
        return cls(float(statistic), float(ndtr(-statistic)), days)


def mean_absolute_scaled_error(error: pd.Series, past: pd.Series) -> float | None:
    """Return MASE: mean |error| / mean |change from day to day| of the closes `past`, those before the forecasts.

    Below 1 the forecast misses by less than the random walk did on the days it learnt from (Hyndman, Koehler 2006).
    None without such a change.
    """
    scale = float(past.diff().abs().mean())
    return float(error.abs().mean()) / scale if scale > 0 else None


def persistent_bias(error: pd.Series, stretch: int = DAYS_A_MONTH) -> float | None:
    """Return the share of the RMSE that is a constant error over weeks, in [0, 1].

    sqrt(mean of m^2) / RMSE, m the mean error of the stretch of 21 days that a day is in. The mean error of all days
    does not see a forecast that is too low for months and then, after a new fit, too high. Without bias about
    1 / sqrt(21) = .22; 1 if the error never changes within a stretch. None without an error.
    """
    squared = float((error**2).mean())
    same = error.groupby(np.arange(len(error)) // stretch).transform("mean")
    return float(np.sqrt((same**2).mean() / squared)) if squared else None


def theils_u2(predicted: pd.Series, actual: pd.Series) -> float | None:
    """Return Theil's U2: root of sum (predicted - actual)^2 / sum actual^2, of returns.

    1 for the random walk, below 1 for a better forecast (Theil 1966). None if nothing moved.
    """
    moved = float((actual**2).sum())
    return float(np.sqrt(((predicted - actual) ** 2).sum() / moved)) if moved else None


def clark_west(predicted: pd.Series, actual: pd.Series) -> ForecastTest:
    """Test whether the forecast knows something that the random walk does not (Clark, West 2007).

    The random walk is nested in the forecast. If the random walk is right, the forecast has a larger squared error,
    because it estimates something; the test subtracts that. With returns r and forecasts p:
    f = r^2 - ((r - p)^2 - p^2) = 2 r p; statistic = mean(f) / (sample sd(f) / sqrt(n)).
    Undefined where f never changes, as of the random walk itself.
    """
    adjusted = 2 * actual * predicted
    days = len(adjusted)
    spread = float(adjusted.std(ddof=1)) if days > 1 else 0.0
    return ForecastTest.of(float(adjusted.mean()) / spread * np.sqrt(days) if spread > 0 else np.nan, days)


def pesaran_timmermann(predicted: pd.Series, actual: pd.Series) -> ForecastTest:
    """Test whether the sign of the forecast foretells the sign of the return (Pesaran, Timmermann 1992).

    On the n days on which both moved, with P the share of equal signs, x and y the shares of days forecast and seen
    above 0: P* = x y + (1 - x)(1 - y), statistic = (P - P*) / sqrt(V(P) - V(P*)), where V(P) = P* (1 - P*) / n and
    V(P*) = ((2y - 1)^2 x (1 - x) + (2x - 1)^2 y (1 - y)) / n + 4 x y (1 - x)(1 - y) / n^2.
    Undefined where all forecasts, or all returns, share a sign.
    """
    both_moved = (predicted != 0) & (actual != 0)
    up_forecast, up_seen = predicted[both_moved] > 0, actual[both_moved] > 0
    days = int(both_moved.sum())
    if up_forecast.nunique() < 2 or up_seen.nunique() < 2:
        return ForecastTest(None, None, days)
    x, y, right = float(up_forecast.mean()), float(up_seen.mean()), float((up_forecast == up_seen).mean())
    by_chance = x * y + (1 - x) * (1 - y)
    variance = by_chance * (1 - by_chance) / days
    of_chance = ((2 * y - 1) ** 2 * x * (1 - x) + (2 * x - 1) ** 2 * y * (1 - y)) / days
    of_chance += 4 * x * y * (1 - x) * (1 - y) / days**2
    spread = variance - of_chance
    return ForecastTest.of((right - by_chance) / np.sqrt(spread) if spread > 0 else np.nan, days)
