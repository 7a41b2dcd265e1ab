"""The probabilistic Sharpe ratio: the confidence with which a Sharpe ratio exceeds another one."""

import numpy as np
import pandas as pd
from scipy.special import ndtr

LEAST_FACTOR = 1e-12
"""Least variance factor; the formula gives 0 only where the returns have two values."""


def probabilistic_sharpe_ratio(returns: pd.Series, benchmark: float, per_year: int) -> float:
    """Return the confidence level of "the Sharpe ratio of `returns` exceeds `benchmark`", an annual one.

    PSR = Phi((s - s*) sqrt(T - 1) / sqrt(1 - g3 s + (g4 - 1) / 4 s^2)), with daily Sharpe ratios s and s*, T days, the
    skewness g3 and the raw kurtosis g4 (Bailey, Lopez de Prado, "The Sharpe ratio efficient frontier", 2012). With the
    best Sharpe ratio that luck explains as the benchmark it is the deflated Sharpe ratio (the same, 2014). It takes the
    days for independent, and holds for many days alone: two lucky days can give .997.
    """
    ratio = float(returns.mean() / returns.std(ddof=1))
    return of_moments(ratio, benchmark / np.sqrt(per_year), len(returns), *skewness_kurtosis(returns))


def of_moments(ratio: float, benchmark: float, days: int, skewness: float, kurtosis: float) -> float:
    """Return the probabilistic Sharpe ratio of a daily ratio against a daily benchmark.

    >>> round(of_moments(0.036 / 0.079, 0.1, 24, -2.448, 10.164), 4)
    0.8554
    """
    factor = max(1 - skewness * ratio + (kurtosis - 1) / 4 * ratio**2, LEAST_FACTOR)
    return float(ndtr((ratio - benchmark) * np.sqrt(days - 1) / np.sqrt(factor)))


def skewness_kurtosis(returns: pd.Series) -> tuple[float, float]:
    """Return the mean third and fourth power of the standardised returns: population skewness and raw kurtosis."""
    standardised = (returns - returns.mean()) / returns.std(ddof=0)
    return float((standardised**3).mean()), float((standardised**4).mean())
