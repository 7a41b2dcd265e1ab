"""Portfolios: a strategy pooled over the tickers of a panel, each with an equal share."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import metrics
from backtrader_walkforward.trading.variants import BENCHMARK

RETURNS, EXCESS, TICKERS, COUNT = "returns", "excess", "tickers", "count"
"""Columns of what is added up over the tickers, day by day: two tables by variant, and the number of tickers."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Portfolio:
    """One variant of all tickers. On each day every ticker that trades has an equal share.

    The shares are equal again each day, which costs nothing; what the variant itself trades costs what it cost.

    Attributes
    ----------
    name : str
        Name of the variant.
    start : Timestamp
        The day before the first return: the portfolio is worth 1 at its close.
    returns : Series
        Mean, by day, of the returns of the tickers that trade on the day and have traded before.
    excess_returns : Series
        The same, each less the interest on cash.
    tickers : Series
        Number of these tickers by day.
    bars_a_year : int
        Bars a year, by which figures become annual.
    """

    name: str
    start: pd.Timestamp
    returns: pd.Series
    excess_returns: pd.Series
    tickers: pd.Series
    bars_a_year: int

    @cached_property
    def equity(self) -> pd.Series:
        """Value at each close, 1 at the first."""
        values = np.concatenate([[1.0], np.cumprod(1 + self.returns.to_numpy())])
        return pd.Series(values, self.returns.index.insert(0, self.start), name=self.name)

    @property
    def total_return(self) -> float:
        """Final over first equity, minus 1."""
        return metrics.total_return(self.equity)

    @property
    def annual_return(self) -> float | None:
        """Constant yearly growth that gives the same total."""
        return metrics.annual_return(self.equity, self.bars_a_year)

    @property
    def sharpe(self) -> float | None:
        """Annual Sharpe ratio of the excess returns; None without a day that moves."""
        return metrics.sharpe(self.excess_returns, self.bars_a_year)

    @property
    def max_drawdown(self) -> float:
        """Deepest drawdown, a negative fraction."""
        return metrics.max_drawdown(self.equity)


def pooled_portfolios(
    equities: Iterable[pd.DataFrame], bars_a_year: int, cash_rate: float = 0.0
) -> dict[str, Portfolio]:
    """Return the portfolio of each variant by its name, that of buy & hold last; none without a ticker.

    Parameters
    ----------
    equities : iterable of DataFrame (days, variants)
        Equity of all variants of one ticker, from its first day to its last; all with the same columns, in any
        order. Each is read once, and only sums by day are kept.
    bars_a_year : int
        Bars a year of the panel.
    cash_rate : float
        Yearly interest on cash.
    """
    parts = (parts_of(equity, cash_rate) for equity in equities)
    sums = reduce(lambda one, other: one.add(other, fill_value=0.0), parts, pd.DataFrame())
    if sums.empty:
        return {}
    counts = sums[TICKERS, COUNT]
    start = sums.index[int((counts > 0).to_numpy().argmax()) - 1]
    counts = counts[counts > 0].rename(TICKERS)
    pooled = sums.loc[counts.index].div(counts, axis=0)
    return {
        name: Portfolio(
            name=name,
            start=start,
            returns=pooled[RETURNS, name].rename(name),
            excess_returns=pooled[EXCESS, name].rename(name),
            tickers=counts.astype(int),
            bars_a_year=bars_a_year,
        )
        for name in sorted(sums[RETURNS], key=lambda name: (name == BENCHMARK.name, name))
    }


def parts_of(equity: pd.DataFrame, cash_rate: float) -> pd.DataFrame:
    """Return what a ticker adds to the sums of its days: returns, excess returns, and 1 ticker; 0 on its first day."""
    ordered = equity.sort_index(axis=1)
    own, excess = metrics.daily_returns(ordered), metrics.excess_returns(ordered, cash_rate)
    traded = pd.DataFrame(1.0, own.index, [COUNT])
    return pd.concat({RETURNS: own, EXCESS: excess, TICKERS: traded}, axis=1).reindex(equity.index, fill_value=0.0)
