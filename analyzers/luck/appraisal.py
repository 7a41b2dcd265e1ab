"""What the winner earned beyond its share in the market, and how much of that is luck."""

import pandas as pd

from analyzers.comparison import Comparison
from analyzers.luck.sharpe_tests import deflated_sharpe_ratio, per_day
from analyzers.measures import excess_returns, sharpe


def unexplained_returns(returns: pd.Series, benchmark: pd.Series) -> pd.Series:
    """Return what no constant share of the benchmark explains: returns - beta x benchmark's, beta by least squares.

    Its Sharpe ratio is the appraisal ratio (Treynor, Black 1973).
    """
    variance = benchmark.var(ddof=1)
    beta = returns.cov(benchmark) / variance if variance > 0 else 0.0
    return returns - beta * benchmark


def deflated_appraisal_ratio(comparison: Comparison, trials: int) -> float | None:
    """Return the deflated Sharpe ratio of what the winner's active account earned beyond the market.

    None if that account never traded, or did nothing that buy & hold did not do.
    """
    market = comparison.benchmark.excess_returns
    beyond = {
        result.name: unexplained_returns(excess_returns(result.accounts["active"], result.cash_rate), market)
        for result in comparison.ranked
        if "active" in result.accounts
    }
    ratios = {name: ratio for name, returns in beyond.items() if (ratio := sharpe(returns)) is not None}
    if comparison.best.name not in ratios:
        return None
    return deflated_sharpe_ratio(beyond[comparison.best.name], per_day(ratios.values()), trials)
