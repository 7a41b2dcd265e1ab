"""Tests of a Sharpe ratio, alone and as the best of many.

Sharpe ratios in these formulas are daily unless a name says annual. Sources: Bailey, Lopez de Prado, "The Sharpe ratio
efficient frontier" (2012), for the probabilistic ratio and the minimum track record length, and "The deflated Sharpe
ratio" (2014); Bailey, Borwein, Lopez de Prado, Zhu, "Pseudo-mathematics and financial charlatanism" (2014), for the
minimum backtest length.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from backtrader_walkforward.evaluation.metrics import TRADING_DAYS

SIGNIFICANT = 0.95
"""Probability above which a figure counts as more than luck."""

SMALLEST_SPREAD = 1e-12
"""Floor of the spread below, which can reach 0 only where returns take two values."""


def sharpe_variance_factor(daily_sharpe: float, skewness: float, kurtosis: float) -> float:
    """Return T - 1 times the variance of an estimated Sharpe ratio: 1 - g3 s + (g4 - 1) / 4 s^2.

    g3 is the skewness, g4 the raw kurtosis, which is 3 for a normal distribution.
    """
    return max(1 - skewness * daily_sharpe + (kurtosis - 1) / 4 * daily_sharpe**2, SMALLEST_SPREAD)


def probabilistic_sharpe_ratio(
    daily_sharpe: float, benchmark: float, days: int, skewness: float, kurtosis: float
) -> float:
    """Return the probability that the true Sharpe ratio exceeds `benchmark`, both daily.

    PSR = Phi((s - s*) sqrt(T - 1) / sqrt(1 - g3 s + (g4 - 1) / 4 s^2)).
    """
    spread = sharpe_variance_factor(daily_sharpe, skewness, kurtosis)
    return float(ndtr((daily_sharpe - benchmark) * np.sqrt(days - 1) / np.sqrt(spread)))


def minimum_track_record_length(
    daily_sharpe: float, benchmark: float, skewness: float, kurtosis: float
) -> float | None:
    """Return the days after which `daily_sharpe` would be told from `benchmark` with 95 % confidence.

    MinTRL = 1 + (1 - g3 s + (g4 - 1) / 4 s^2) (Z(0.95) / (s - s*))^2; None where s is not above s*.
    """
    if daily_sharpe <= benchmark:
        return None
    spread = sharpe_variance_factor(daily_sharpe, skewness, kurtosis)
    return float(1 + spread * (ndtri(SIGNIFICANT) / (daily_sharpe - benchmark)) ** 2)


def expected_maximum(trials: int) -> float:
    """Return by how many standard deviations the best of `trials` independent normal draws is expected above the mean.

    E[max] = (1 - y) Z(1 - 1/N) + y Z(1 - 1/(N e)), y = 0.5772; 0 for a single trial.
    """
    if trials < 2:
        return 0.0
    return float((1 - np.euler_gamma) * ndtri(1 - 1 / trials) + np.euler_gamma * ndtri(1 - 1 / (trials * np.e)))


def minimum_backtest_length(trials: int, annual_sharpe: float | None) -> float | None:
    """Return the years a test must last for the best of `trials` without skill to be expected below `annual_sharpe`.

    MinBTL = (E[max] / annual Sharpe ratio)^2; None where that is not above 0.
    """
    if annual_sharpe is None or annual_sharpe <= 0:
        return None
    return (expected_maximum(trials) / annual_sharpe) ** 2


def expected_best_sharpe(daily_sharpes: Sequence[float], trials: int, days: int, others: Sequence[float] = ()) -> float:
    """Return the daily Sharpe ratio that the best of `trials` without skill would show over so many days.

    sqrt(V) x E[max], V the variance of the Sharpe ratios seen, those of this run and the `others`; at least what this
    run gives alone, so that others near each other, as in a sweep of one setting, do not make its luck small. V is at
    most 1 / (T - 1), that of a Sharpe ratio whose true value is 0: beyond it the trials differ by more than luck, in
    skill or in how much of the market they hold. That is also taken for V where fewer than two are seen. Where V is at
    its most, the best of trials without skill passes the test below at most one time in twenty, however they depend on
    each other: N x (1 - Phi(E[max] + 1.645)), by adding up. Where trials hang together, V and the hurdle are lower.
    """
    most = (days - 1) ** -0.5

    def best(seen: Sequence[float], count: int) -> float:
        deviation = min(float(np.std(seen, ddof=1)), most) if len(seen) > 1 else most
        return deviation * expected_maximum(count)

    return max(best(daily_sharpes, len(daily_sharpes)), best([*daily_sharpes, *others], trials))


def deflated_sharpe_ratio(
    returns: pd.Series, daily_sharpes: Sequence[float], trials: int, others: Sequence[float] = ()
) -> float:
    """Return the probability that the true Sharpe ratio of `returns` exceeds what the best of `trials` owes to luck."""
    significance = expected_best_sharpe(daily_sharpes, trials, len(returns), others)
    return probabilistic_sharpe_ratio(daily_sharpe(returns), significance, len(returns), *skewness_kurtosis(returns))


def daily_sharpe(returns: pd.Series) -> float:
    """Return mean / sample standard deviation."""
    return float(returns.mean() / returns.std(ddof=1))


def skewness_kurtosis(returns: pd.Series) -> tuple[float, float]:
    """Return skewness and raw kurtosis, of the population: the mean third and fourth power of standardised returns."""
    standardised = (returns - returns.mean()) / returns.std(ddof=0)
    return float((standardised**3).mean()), float((standardised**4).mean())


def per_day(annual_sharpes: Iterable[float | None]) -> list[float]:
    """Return annual Sharpe ratios as daily ones, None left out."""
    return [value / np.sqrt(TRADING_DAYS) for value in annual_sharpes if value is not None]
