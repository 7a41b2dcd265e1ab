"""Portfolios: a strategy pooled over the tickers of a panel, each with an equal share."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import pandas as pd

from backtrader_walkforward.data.frequency import bars_a_year
from backtrader_walkforward.evaluation import metrics
from backtrader_walkforward.trading.variants import BENCHMARK

RETURNS, EXCESS = "returns", "excess"
"""Tables, by variant, of what is added up over the tickers day by day."""

TICKERS = "tickers"


@dataclass(frozen=True, kw_only=True, eq=False)
class Portfolio:
    """One variant of all tickers, each with an equal share from the day after its first to its last.

    The shares are equal again each day, which costs nothing; what the variant itself trades costs what it cost. On a
    day without a bar, as a holiday of its exchange, a ticker keeps its share and returns 0. On a day without any ticker
    the portfolio returns 0.

    Attributes
    ----------
    name : str
        Name of the variant.
    start : Timestamp
        The day before the first return: the portfolio is worth 1 at its close.
    returns : Series
        Mean, by day, of the returns of the tickers that have begun before and not ended.
    excess_returns : Series
        The same, each less the interest on cash.
    tickers : Series
        Number of these tickers by day.
    bars_a_year : int
        Those of all tickers together, by which figures become annual.
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
    equities: Iterable[pd.DataFrame],
    cash_rate: float = 0.0,
    days: pd.DatetimeIndex | None = None,
    per_year: int | None = None,
) -> dict[str, Portfolio]:
    """Return the portfolio of each variant by its name, that of buy & hold last; none without a ticker.

    Parameters
    ----------
    equities : iterable of DataFrame (days, variants)
        Equity of all variants of one ticker, from its first day to its last; all with the same columns, in any
        order. Each is read once, and only sums by day are kept.
    cash_rate : float
        Yearly interest on cash.
    days : DatetimeIndex, optional
        Days of the portfolios, the first without a return: those of the books of a panel, so that both can be
        compared. All days of the tickers if left out.
    per_year : int, optional
        Bars a year of the prices of all tickers; those of the days if left out.
    """
    spans: list[tuple[pd.Timestamp, pd.Timestamp]] = []

    def parts() -> Iterator[pd.DataFrame]:
        for equity in equities:
            own = equity if days is None else equity[equity.index >= days[0]]
            if len(own):
                spans.append((own.index[0], own.index[-1]))
                yield parts_of(own, cash_rate)

    sums = reduce(lambda one, other: one.add(other, fill_value=0.0), parts(), pd.DataFrame())
    if sums.empty:
        return {}
    days = days_with_a_ticker(pd.DatetimeIndex(sums.index), spans) if days is None else days
    counts = tickers_by_day(days[1:], spans)
    pooled = sums.reindex(days[1:], fill_value=0.0).div(counts.clip(lower=1), axis=0)
    return {
        name: Portfolio(
            name=name,
            start=days[0],
            returns=pooled[RETURNS, name].rename(name),
            excess_returns=pooled[EXCESS, name].rename(name),
            tickers=counts,
            bars_a_year=per_year or bars_a_year(days),
        )
        for name in sorted(sums[RETURNS], key=lambda name: (name == BENCHMARK.name, name))
    }


def parts_of(equity: pd.DataFrame, cash_rate: float) -> pd.DataFrame:
    """Return what a ticker adds to the sums of its days: returns and excess returns, 0 on its first day."""
    ordered = equity.sort_index(axis=1)
    own, excess = metrics.daily_returns(ordered), metrics.excess_returns(ordered, cash_rate)
    return pd.concat({RETURNS: own, EXCESS: excess}, axis=1).reindex(equity.index, fill_value=0.0)


def days_with_a_ticker(days: pd.DatetimeIndex, spans: Sequence[tuple[pd.Timestamp, pd.Timestamp]]) -> pd.DatetimeIndex:
    """Return the days from the one before the first return; of tickers of one day each, the last."""
    return days[int((tickers_by_day(days, spans) > 0).to_numpy().argmax()) - 1 :]


def tickers_by_day(days: pd.DatetimeIndex, spans: Sequence[tuple[pd.Timestamp, pd.Timestamp]]) -> pd.Series:
    """Return by day the number of tickers that have begun before it and not ended before it."""
    first, last = (np.sort(np.array(ends, dtype="datetime64[us]")) for ends in zip(*spans, strict=True))
    moments = days.to_numpy().astype("datetime64[us]")
    return pd.Series(np.searchsorted(first, moments) - np.searchsorted(last, moments), days, name=TICKERS)
