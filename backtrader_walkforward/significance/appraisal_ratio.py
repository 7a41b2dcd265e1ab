"""Appraisal ratios: returns that the market does not explain, and their deflated Sharpe ratio."""

from collections.abc import Iterable

import pandas as pd

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.evaluation.metrics import excess_returns, sharpe
from backtrader_walkforward.significance.result import TrialRatios
from backtrader_walkforward.significance.sharpe_tests import deflated_sharpe_ratio, per_day


def residual_returns(returns: pd.Series, benchmark: pd.Series) -> pd.Series:
    """Return returns - beta x benchmark returns, beta by least squares.

    Their Sharpe ratio is the appraisal ratio (Treynor, Black 1973).
    """
    variance = benchmark.var(ddof=1)
    beta = returns.cov(benchmark) / variance if variance > 0 else 0.0
    return returns - beta * benchmark


def active_returns(comparison: Comparison) -> dict[str, pd.Series]:
    """Return the residual returns of each variant's active account, by name.

    A variant whose active account never traded, or only held a constant share of the market, is left out.
    """
    market = comparison.benchmark.excess_returns
    residuals = {
        result.name: residual_returns(excess_returns(result.accounts["active"], result.cash_rate), market)
        for result in comparison.ranked
        if "active" in result.accounts
    }
    return {name: returns for name, returns in residuals.items() if sharpe(returns, 1) is not None}


def trial_ratios(comparison: Comparison) -> dict[str, TrialRatios]:
    """Return the ratios of each variant by name, as later runs need them."""
    residuals = active_returns(comparison)
    return {
        result.name: TrialRatios(
            days=len(result.returns),
            sharpe=result.metrics.sharpe,
            appraisal=sharpe(residuals[result.name], result.bars_a_year) if result.name in residuals else None,
        )
        for result in comparison.ranked
    }


def deflated_appraisal_ratio(comparison: Comparison, trials: int, others: Iterable[TrialRatios] = ()) -> float | None:
    """Return the deflated Sharpe ratio of the best variant's active returns, None if it has none.

    `trials` counts all distinct trials; `others` are the ratios of those that are not in the comparison.
    """
    residuals = active_returns(comparison)
    if comparison.best.name not in residuals:
        return None
    returns = residuals[comparison.best.name]
    per_year = comparison.best.bars_a_year
    own = per_day((sharpe(residual, per_year) for residual in residuals.values()), per_year)
    elsewhere = per_day((other.over(len(returns)).appraisal for other in others), per_year)
    return deflated_sharpe_ratio(returns, own, trials, elsewhere)
