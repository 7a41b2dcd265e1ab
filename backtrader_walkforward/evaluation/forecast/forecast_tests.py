"""Figures and tests of one-step forecasts of returns, beside a benchmark's forecasts of the same returns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr

DAYS_A_MONTH = 21

SIGNIFICANT = 0.05
"""p-value below which a finding on a forecast counts: that it beats a benchmark, or that it uses a feature."""


@dataclass(frozen=True)
class ForecastTest:
    """A one-sided test: a small p-value speaks for the forecast."""

    statistic: float | None
    p_value: float | None
    """By Student's t with days - 1 degrees of freedom; None where the test is undefined."""
    days: int
    """Forecasts that it was made from."""

    @classmethod
    def of(cls, mean: float, variance: float, days: int) -> "ForecastTest":
        """Return the test of a mean of so many days with this long-run variance; undefined without one."""
        if days < 2 or not variance > 0:
            return cls(None, None, days)
        statistic = mean / np.sqrt(variance / (days - 1))
        return cls(float(statistic), float(stdtr(days - 1, -statistic)), days)


def newey_west_weights(days: int) -> np.ndarray:
    """Return the weights of the autocovariances from lag 0 on, in a long-run variance.

    Bartlett's 1 - j / (L + 1), twice for both signs of a lag j above 0, up to L = floor(4 (days / 100)^(2/9)): 2 lags
    for 20 days, 4 for 150, 5 for 500 (Newey, West 1987, 1994).
    """
    lags = np.arange(int(4 * (days / 100) ** (2 / 9)) + 1)
    return np.where(lags, 2.0, 1.0) * (1 - lags / len(lags))


def autocovariances(values: pd.Series, lags: int) -> np.ndarray:
    """Return the first `lags` autocovariances, from lag 0 on; the divisor is the number of values."""
    around = values.to_numpy(dtype=float) - values.mean()
    return np.array([around[lag:] @ around[: len(around) - lag] for lag in range(lags)]) / len(around)


def mean_test(values: pd.Series) -> ForecastTest:
    """Test whether a mean is above 0, with errors that hold under autocorrelation (Newey, West 1987)."""
    if values.nunique() < 2:
        return ForecastTest(None, None, len(values))
    return ForecastTest.of(values.mean(), long_run_variance(values), len(values))


def standard_error(values: pd.Series) -> float | None:
    """Return the standard error of a mean that `mean_test` divides by; None where the test is undefined."""
    if values.nunique() < 2 or not (variance := long_run_variance(values)) > 0:
        return None
    return float(np.sqrt(variance / (len(values) - 1)))


def long_run_variance(values: pd.Series) -> float:
    """Return the variance of a day and, weighted, of its covariances with the days before (Newey, West 1987)."""
    weights = newey_west_weights(len(values))
    return float(weights @ autocovariances(values, len(weights)))


def r_squared(predicted: pd.Series, actual: pd.Series, benchmark: pd.Series | float) -> float | None:
    """Return the out-of-sample R²: 1 - sum (actual - predicted)² / sum (actual - benchmark)².

    Below 0 the forecast is worse than its benchmark (Campbell, Thompson 2008; Welch, Goyal 2008). None where the
    benchmark has no error.
    """
    squares = float(((actual - benchmark) ** 2).sum())
    return 1 - float(((actual - predicted) ** 2).sum()) / squares if squares else None


def mean_absolute_scaled_error(error: pd.Series, past: pd.Series) -> float | None:
    """Return MASE: mean |error| / mean |return| in the `past`, the returns that are known at the first forecast.

    Below 1 the forecast misses by less than the driftless walk did on those days (Hyndman, Koehler 2006), which a calm
    test gives to any forecast: compare it with that of the walk on the same days. None without such a return.
    """
    scale = float(past.abs().mean())
    return float(error.abs().mean()) / scale if scale > 0 else None


def spread_within_folds(predicted: pd.Series, actual: pd.Series, fold: pd.Series) -> float | None:
    """Return the standard deviation of the forecast within its folds / that of the actual returns.

    A forecast of the right size moves by its correlation with the returns: .02 for a correlation of .02. None where
    each fold has one day, or the price never moved.
    """
    within = predicted - predicted.groupby(fold).transform("mean")
    freedom, spread = len(fold) - fold.nunique(), float(actual.std(ddof=1))
    return float(np.sqrt((within**2).sum() / freedom)) / spread if freedom and spread > 0 else None


def persistent_bias(error: pd.Series, stretch: int = DAYS_A_MONTH) -> float | None:
    """Return the share of the RMSE that is a constant error over weeks, in [0, 1].

    sqrt(mean of m^2) / RMSE, m the mean error of the stretch of 21 days that a day is in. The mean error of all days
    does not see a forecast that is too low for months and then, after a new fit, too high. Without bias about
    1 / sqrt(21) = .22; 1 if the error never changes within a stretch. None without an error.
    """
    squared = float((error**2).mean())
    same = error.groupby(np.arange(len(error)) // stretch).transform("mean")
    return float(np.sqrt((same**2).mean() / squared)) if squared else None


def clark_west(predicted: pd.Series, actual: pd.Series, benchmark: pd.Series | float) -> ForecastTest:
    """Test whether the forecast knows something that its benchmark does not (Clark, West 2007).

    The benchmark, the training mean, is nested in the forecast. If it is right, the forecast has a larger squared
    error, because it estimates more; the test subtracts that. With returns r, forecasts p and benchmark m, it is the
    test of the mean of f = (r - m)² - ((r - p)² - (m - p)²) = 2 (r - m)(p - m), with the errors of `mean_test`.
    Undefined where f never changes, as for the benchmark itself.

    The training mean is estimated, too: the naive forecast passes against one that was too high, in one of ten tests of
    two years. Who asks for knowledge asks for both, against the mean and against 0.
    """
    return mean_test(2 * (actual - benchmark) * (predicted - benchmark))


def pesaran_timmermann(predicted: pd.Series, actual: pd.Series) -> ForecastTest:
    """Test whether the sign of the forecast foretells the sign of the return (Pesaran, Timmermann 1992, 2009).

    On the days on which both moved, with x and y 1 for a rise and 0 for a fall, it is the test of the covariance of x
    and y. Where the one says nothing about the other, its long-run variance is the weighted sum of the products of
    their autocovariances (Bartlett 1935); without autocorrelation that is the test of 1992. Undefined where all
    forecasts, or all returns, share a sign.
    """
    both_moved = (predicted != 0) & (actual != 0)
    up_forecast, up_seen = predicted[both_moved] > 0, actual[both_moved] > 0
    days = int(both_moved.sum())
    if days < 2:
        return ForecastTest(None, None, days)
    weights = newey_west_weights(days)
    variance = weights @ (autocovariances(up_forecast, len(weights)) * autocovariances(up_seen, len(weights)))
    covariance = float((up_forecast & up_seen).mean() - up_forecast.mean() * up_seen.mean())
    return ForecastTest.of(covariance, variance, days)
