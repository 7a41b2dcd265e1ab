"""How much of a ranking is luck.

Sharpe ratios in these formulas are daily, not annual. Sources: Bailey, Lopez de Prado, "The Sharpe ratio efficient
frontier" (2012), for the probabilistic, and "The deflated Sharpe ratio" (2014), for the deflated one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import kurtosis, norm, skew

from analyzers.comparison import Comparison
from analyzers.measures import TRADING_DAYS, daily_returns, sharpe

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


def unexplained_returns(returns: pd.Series, benchmark: pd.Series) -> pd.Series:
    """Return what no constant share of the benchmark explains: returns - beta x benchmark's, beta by least squares.

    Its Sharpe ratio is the appraisal ratio (Treynor, Black 1973).
    """
    variance = benchmark.var(ddof=1)
    beta = returns.cov(benchmark) / variance if variance > 0 else 0.0
    return returns - beta * benchmark


@dataclass(frozen=True)
class Luck:
    """What luck, and the market, explain of a ranking.

    Attributes
    ----------
    trials : int
        Variants that were compared.
    expected_best_sharpe : float or None
        Annual Sharpe ratio that the best of them would show without skill.
    deflated_sharpe_ratio : float or None
        Probability that the winner's true Sharpe ratio is above that.
    deflated_appraisal_ratio : float or None
        The same probability for what the winner's active account earned beyond its share in the market: holding it
        in a good year is no skill. None if that account never traded.
    verdict : str
        The same in words.
    """

    trials: int
    expected_best_sharpe: float | None
    deflated_sharpe_ratio: float | None
    deflated_appraisal_ratio: float | None
    verdict: str


def judge(comparison: Comparison) -> Luck:
    """Say how much of the winner's Sharpe ratio luck and the market explain."""
    trials = len(comparison.ranked)
    sharpes = [result.metrics.sharpe for result in comparison.ranked if result.metrics.sharpe is not None]
    if not sharpes:
        nothing = "No variant has a Sharpe ratio: no equity ever moved. There is nothing to judge."
        return Luck(trials, None, None, None, nothing)
    luck = expected_best_sharpe(sharpes, trials)
    by_luck = deflated_sharpe_ratio(comparison.best.returns, per_day(sharpes), trials)
    by_market = deflated_appraisal_ratio(comparison)
    return Luck(trials, luck, by_luck, by_market, verdict_in_words(comparison, luck, by_luck, by_market))


def deflated_appraisal_ratio(comparison: Comparison) -> float | None:
    """Return the deflated Sharpe ratio of what the winner's active account earned beyond the market."""
    market = comparison.benchmark.returns
    beyond = {
        result.name: unexplained_returns(daily_returns(result.accounts["active"]), market)
        for result in comparison.ranked
        if "active" in result.accounts
    }
    ratios = {name: ratio for name, returns in beyond.items() if (ratio := sharpe(returns)) is not None}
    if comparison.best.name not in ratios:
        return None
    ours = beyond[comparison.best.name]
    return deflated_sharpe_ratio(ours, per_day(ratios.values()), len(comparison.ranked))


def per_day(annual_sharpes: Iterable[float]) -> list[float]:
    """Return annual Sharpe ratios as daily ones."""
    return [value / np.sqrt(TRADING_DAYS) for value in annual_sharpes]


def verdict_in_words(comparison: Comparison, luck: float, by_luck: float, by_market: float | None) -> str:
    """Return two sentences for a reader who is no statistician."""
    best = comparison.best
    found = (
        f"The best of {len(comparison.ranked)} variants shows a Sharpe ratio of {best.metrics.sharpe:.2f} over "
        f"{len(best.returns)} days; picked from as many without any skill it would show about {luck:.2f}."
    )
    if by_luck <= SIGNIFICANT:
        missing = f"the chance that there is more to it than luck is {by_luck:.0%}, and 95% would be needed."
    elif by_market is None:
        missing = "its active account did nothing that buy & hold did not do."
    elif by_market <= SIGNIFICANT:
        missing = (
            f"the chance that its trading added to what the market gave is {by_market:.0%}, and 95% would be needed."
        )
    else:
        sure = f"{min(by_luck, by_market):.0%} sure"
        return f"{found} Evidence of skill, {sure}, before costs and without counting earlier runs."
    return f"{found} No evidence of skill: {missing}"
