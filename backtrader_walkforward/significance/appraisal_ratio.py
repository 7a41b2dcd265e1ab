"""What the winner earned beyond its share in the market, and how much of that is luck."""

from collections.abc import Iterable

import pandas as pd

from backtrader_walkforward.evaluation.comparison import Comparison
from backtrader_walkforward.evaluation.metrics import excess_returns, sharpe
from backtrader_walkforward.significance.result import TrialRatios
from backtrader_walkforward.significance.sharpe_tests import deflated_sharpe_ratio, per_day


def residual_returns(returns: pd.Series, benchmark: pd.Series) -> pd.Series:
    """Return what no constant share of the benchmark explains: returns - beta x benchmark's, beta by least squares.

    Its Sharpe ratio is the appraisal ratio (Treynor, Black 1973).
    """
    variance = benchmark.var(ddof=1)
    beta = returns.cov(benchmark) / variance if variance > 0 else 0.0
    return returns - beta * benchmark


def active_returns(comparison: Comparison) -> dict[str, pd.Series]:
    """Return what each variant's active account earned beyond its share in the market, by name.

    Those whose account never traded, or did nothing that buy & hold did not do, are left out.
    """
    market = comparison.benchmark.excess_returns
    beyond = {
        result.name: residual_returns(excess_returns(result.accounts["active"], result.cash_rate), market)
        for result in comparison.ranked
        if "active" in result.accounts
    }
    return {name: returns for name, returns in beyond.items() if sharpe(returns) is not None}


def trial_ratios(comparison: Comparison) -> dict[str, TrialRatios]:
    """Return what is to be known of each variant when the luck of other runs is judged, by name."""
    beyond = active_returns(comparison)
    return {
        result.name: TrialRatios(
            days=len(result.returns),
            sharpe=result.metrics.sharpe,
            appraisal=sharpe(beyond[result.name]) if result.name in beyond else None,
        )
        for result in comparison.ranked
    }


def deflated_appraisal_ratio(comparison: Comparison, trials: int, others: Iterable[TrialRatios] = ()) -> float | None:
    """Return the deflated Sharpe ratio of what the winner's active account earned beyond the market.

    None if that account never traded, or did nothing that buy & hold did not do. `others` are trials that the
    comparison does not hold.
    """
    beyond = active_returns(comparison)
    if comparison.best.name not in beyond:
        return None
    returns = beyond[comparison.best.name]
    elsewhere = per_day(other.appraisal_over(len(returns)) for other in others)
    return deflated_sharpe_ratio(returns, per_day(map(sharpe, beyond.values())), trials, elsewhere)
