"""Tests of a Sharpe ratio, of a single trial and of the best of many.

Sharpe ratios in these formulas are daily unless a name says annual. Sources: Bailey, Lopez de Prado, "The Sharpe ratio
efficient frontier" (2012), for the probabilistic ratio and the minimum track record length, and "The deflated Sharpe
ratio" (2014); Bailey, Borwein, Lopez de Prado, Zhu, "Pseudo-mathematics and financial charlatanism" (2014), for the
minimum backtest length.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

SIGNIFICANT = 0.95
"""Probability above which a result is significant."""

LEAST_FACTOR = 1e-12
"""Least variance factor; the formula gives 0 only where the returns have two values."""


def sharpe_variance_factor(daily_sharpe: float, skewness: float, kurtosis: float) -> float:
    """Return T - 1 times the variance of an estimated Sharpe ratio: 1 - g3 s + (g4 - 1) / 4 s^2.

    g3 is the skewness, g4 the raw kurtosis, which is 3 for a normal distribution.
    """
    return max(1 - skewness * daily_sharpe + (kurtosis - 1) / 4 * daily_sharpe**2, LEAST_FACTOR)


def probabilistic_sharpe_ratio(
    daily_sharpe: float, benchmark: float, days: int, skewness: float, kurtosis: float
) -> float:
    """Return the probability that the true Sharpe ratio exceeds `benchmark`, both daily.

    PSR = Phi((s - s*) sqrt(T - 1) / sqrt(1 - g3 s + (g4 - 1) / 4 s^2)).
    """
    factor = sharpe_variance_factor(daily_sharpe, skewness, kurtosis)
    return float(ndtr((daily_sharpe - benchmark) * np.sqrt(days - 1) / np.sqrt(factor)))


def minimum_track_record_length(
    daily_sharpe: float, benchmark: float, skewness: float, kurtosis: float
) -> float | None:
    """Return the days needed to tell `daily_sharpe` from `benchmark` with 95 % confidence.

    MinTRL = 1 + (1 - g3 s + (g4 - 1) / 4 s^2) (Z(0.95) / (s - s*))^2; None where s is not above s*.
    """
    if daily_sharpe <= benchmark:
        return None
    factor = sharpe_variance_factor(daily_sharpe, skewness, kurtosis)
    return float(1 + factor * (ndtri(SIGNIFICANT) / (daily_sharpe - benchmark)) ** 2)


def expected_maximum(trials: int) -> float:
    """Return the expected maximum of `trials` independent standard normal draws.

    E[max] = (1 - y) Z(1 - 1/N) + y Z(1 - 1/(N e)), y = 0.5772; 0 for a single trial.
    """
    if trials < 2:
        return 0.0
    return float((1 - np.euler_gamma) * ndtri(1 - 1 / trials) + np.euler_gamma * ndtri(1 - 1 / (trials * np.e)))


def minimum_backtest_length(trials: int, annual_sharpe: float | None) -> float | None:
    """Return the years after which the best of `trials` without skill is expected below `annual_sharpe`.

    MinBTL = (E[max] / annual Sharpe ratio)^2; None where that is not above 0.
    """
    if annual_sharpe is None or annual_sharpe <= 0:
        return None
    return (expected_maximum(trials) / annual_sharpe) ** 2


def expected_best_sharpe(daily_sharpes: Sequence[float], trials: int, days: int, others: Sequence[float] = ()) -> float:
    """Return the daily Sharpe ratio that the best of `trials` without skill is expected to have over these days.

    sqrt(V) x E[max], where V is the variance of the Sharpe ratios of this run and of the `others`.

    - The result is at least that of this run alone. Otherwise many similar trials elsewhere, as in a sweep of one
      setting, would make it too small.
    - V is at most 1 / (T - 1), the variance of a Sharpe ratio whose true value is 0. A larger V is no luck: the trials
      differ in skill or in their share of the market. Fewer than two Sharpe ratios also give this V.
    - With this V the best of N trials without skill passes the test below at most once in twenty times, for any
      dependence between them: N x (1 - Phi(E[max] + 1.645)), the sum over the trials. Dependent trials have a lower V.
    """
    largest = (days - 1) ** -0.5

    def best(seen: Sequence[float], count: int) -> float:
        deviation = min(float(np.std(seen, ddof=1)), largest) if len(seen) > 1 else largest
        return deviation * expected_maximum(count)

    return max(best(daily_sharpes, len(daily_sharpes)), best([*daily_sharpes, *others], trials))


def deflated_sharpe_ratio(
    returns: pd.Series, daily_sharpes: Sequence[float], trials: int, others: Sequence[float] = ()
) -> float:
    """Return the probability that the true Sharpe ratio of `returns` exceeds `expected_best_sharpe`."""
    hurdle = expected_best_sharpe(daily_sharpes, trials, len(returns), others)
    return probabilistic_sharpe_ratio(daily_sharpe(returns), hurdle, len(returns), *skewness_kurtosis(returns))


def daily_sharpe(returns: pd.Series) -> float:
    """Return mean / sample standard deviation."""
    return float(returns.mean() / returns.std(ddof=1))


def skewness_kurtosis(returns: pd.Series) -> tuple[float, float]:
    """Return the mean third and fourth power of the standardised returns: population skewness and raw kurtosis."""
    standardised = (returns - returns.mean()) / returns.std(ddof=0)
    return float((standardised**3).mean()), float((standardised**4).mean())


def per_day(annual_sharpes: Iterable[float | None], per_year: int) -> list[float]:
    """Return annual Sharpe ratios as those of a bar, without those that are None."""
    return [value / np.sqrt(per_year) for value in annual_sharpes if value is not None]
