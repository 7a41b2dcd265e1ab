"""How much of a ranking is luck.

Sharpe ratios in these formulas are daily, not annual. Sources: Bailey, Lopez de Prado, "The Sharpe ratio efficient
frontier" (2012), for the probabilistic, and "The deflated Sharpe ratio" (2014), for the deflated one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import kurtosis, norm, skew

from analyzers.comparison import Comparison
from analyzers.measures import TRADING_DAYS

SIGNIFICANT = 0.95
"""Probability above which a Sharpe ratio counts as more than luck."""


def probabilistic_sharpe_ratio(
    daily_sharpe: float, benchmark: float, days: int, skewness: float, kurtosis: float
) -> float:
    """Return the probability that the true Sharpe ratio exceeds `benchmark`, both daily.

    PSR = Phi((s - s*) sqrt(T - 1) / sqrt(1 - g3 s + (g4 - 1) / 4 s^2)), g3 the skewness, g4 the raw kurtosis, which is
    3 for a normal distribution.
    """
    spread = 1 - skewness * daily_sharpe + (kurtosis - 1) / 4 * daily_sharpe**2
    return float(norm.cdf((daily_sharpe - benchmark) * np.sqrt(days - 1) / np.sqrt(spread)))


def expected_maximum(trials: int) -> float:
    """Return by how many standard deviations the best of `trials` independent normal draws is expected above the mean.

    E[max] = (1 - y) Z(1 - 1/N) + y Z(1 - 1/(N e)), y = 0.5772; 0 for a single trial.
    """
    if trials < 2:
        return 0.0
    return float((1 - np.euler_gamma) * norm.ppf(1 - 1 / trials) + np.euler_gamma * norm.ppf(1 - 1 / (trials * np.e)))


def expected_best_sharpe(sharpes: Sequence[float], trials: int) -> float:
    """Return the Sharpe ratio that the best of `trials` without skill would show, in the unit of `sharpes`.

    sqrt(V) x E[max], V the variance of the Sharpe ratios seen.
    """
    return float(np.std(sharpes, ddof=1)) * expected_maximum(trials) if len(sharpes) > 1 else 0.0


def deflated_sharpe_ratio(returns: pd.Series, daily_sharpes: Sequence[float], trials: int) -> float:
    """Return the probability that the true Sharpe ratio of `returns` exceeds what the best of `trials` owes to luck."""
    daily_sharpe = float(returns.mean() / returns.std(ddof=1))
    luck = expected_best_sharpe(daily_sharpes, trials)
    return probabilistic_sharpe_ratio(
        daily_sharpe, luck, len(returns), float(skew(returns)), float(kurtosis(returns, fisher=False))
    )


@dataclass(frozen=True)
class Luck:
    """What luck explains of a ranking.

    Attributes
    ----------
    trials : int
        Variants that were compared.
    expected_best_sharpe : float or None
        Annual Sharpe ratio that the best of them would show without skill.
    deflated_sharpe_ratio : float or None
        Probability that the winner's true Sharpe ratio is above that.
    verdict : str
        The same in words.
    """

    trials: int
    expected_best_sharpe: float | None
    deflated_sharpe_ratio: float | None
    verdict: str


def judge(comparison: Comparison) -> Luck:
    """Say how much of the winner's Sharpe ratio luck explains."""
    trials = len(comparison.ranked)
    sharpes = [result.metrics.sharpe for result in comparison.ranked if result.metrics.sharpe is not None]
    if not sharpes:
        return Luck(
            trials, None, None, "No variant has a Sharpe ratio: none of them traded. There is nothing to judge."
        )
    daily = [value / np.sqrt(TRADING_DAYS) for value in sharpes]
    probability = deflated_sharpe_ratio(comparison.best.returns, daily, trials)
    luck = expected_best_sharpe(sharpes, trials)
    return Luck(trials, luck, probability, verdict_in_words(comparison, trials, luck, probability))


def verdict_in_words(comparison: Comparison, trials: int, luck: float, probability: float) -> str:
    """Return one sentence or two for a reader who is no statistician."""
    best = comparison.best
    found = (
        f"The best of {trials} variants shows a Sharpe ratio of {best.metrics.sharpe:.2f} over {len(best.returns)} "
        f"days; picked from as many without any skill it would show about {luck:.2f}."
    )
    chance = f"the chance that there is more to it than luck is {probability:.0%}"
    if probability > SIGNIFICANT:
        return f"{found} Evidence of skill: {chance}, before costs and before any earlier run is counted."
    return f"{found} No evidence of skill: {chance}, and 95% would be needed."
