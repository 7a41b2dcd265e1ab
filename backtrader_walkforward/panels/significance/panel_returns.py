"""Returns of all that a panel traded, on the days of its test."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, by_sharpe
from backtrader_walkforward.evaluation.metrics import sharpe
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.significance import ActiveAccount
from backtrader_walkforward.significance.active_accounts import distinct
from backtrader_walkforward.significance.verdict.figures import Standing
from backtrader_walkforward.trading.variants import BENCHMARK

MARKET = "equally weighted buy & hold"


@dataclass(frozen=True, kw_only=True, eq=False)
class PanelReturns:
    """Returns by day of the pooled portfolios and of the ranking books, beside their market.

    The market is the portfolio of buy & hold: every ticker that trades has an equal share. Unlike the book
    `equal_weight` it pays nothing for that, so that a strategy has to earn its own costs; it has the days and the
    tickers of the portfolios; and that of one ticker is the market of its own run.

    Portfolios and books have the same days, so that all figures of the panel are of the days of its test. It begins
    once half of the tickers have a forecast: before that the panel is no panel.

    Attributes
    ----------
    returns : DataFrame (days, variants)
        After costs.
    excess : DataFrame (days, variants)
        The same above the interest on cash.
    market, market_excess : Series
        Those of the market.
    tickers : Series
        Number of tickers that trade on each day.
    bars_a_year : int
        Bars a year.
    books : frozenset of str
        Names of the variants that are ranking books; the others are portfolios.
    """

    returns: pd.DataFrame
    excess: pd.DataFrame
    market: pd.Series
    market_excess: pd.Series
    tickers: pd.Series
    bars_a_year: int
    books: frozenset[str]

    @classmethod
    def of(cls, portfolios: Mapping[str, Portfolio], ranking_books: Sequence[BacktestResult]) -> Self:
        """Return the returns of all variants but the benchmarks; the last book is one."""
        market, books = portfolios[BENCHMARK.name], ranking_books[:-1]
        pooled = [one for name, one in portfolios.items() if name != BENCHMARK.name]
        variants: list[Portfolio | BacktestResult] = [*pooled, *books]
        return cls(
            returns=pd.DataFrame({one.name: one.returns for one in variants}, market.returns.index),
            excess=pd.DataFrame({one.name: one.excess_returns for one in variants}, market.returns.index),
            market=market.returns,
            market_excess=market.excess_returns,
            tickers=market.tickers,
            bars_a_year=market.bars_a_year,
            books=frozenset(book.name for book in books),
        )

    def accounts(self, names: Collection[str]) -> list[ActiveAccount]:
        """Return the distinct accounts of these names, which are those without a passive part."""
        return distinct(
            ActiveAccount(name=str(name), returns=self.excess[name], market=self.market_excess)
            for name in self.excess
            if name in names
        )

    @property
    def sharpes(self) -> dict[str, float]:
        """Annual Sharpe ratio of each variant that has one, the highest first."""
        found = {str(name): sharpe(self.excess[name], self.bars_a_year) for name in self.excess}
        known = {name: ratio for name, ratio in found.items() if ratio is not None}
        return dict(sorted(known.items(), key=lambda one: by_sharpe(one[1], one[0])))

    def kind_of(self, name: str) -> str:
        """Return what a variant is: a book or a portfolio."""
        return "book" if name in self.books else "portfolio"

    def standing(self, paid: bool) -> Standing:
        """Return what there is to say of the best variant; `paid` if anything was paid for trading."""
        name, ratio = next(iter(self.sharpes.items()), ("", None))
        return Standing(
            name=name,
            kind=self.kind_of(name),
            total_return=total_return(self.returns[name]) if name else 0.0,
            sharpe=ratio,
            benchmark=MARKET,
            benchmark_return=total_return(self.market),
            benchmark_sharpe=sharpe(self.market_excess, self.bars_a_year),
            variants=self.returns.shape[1],
            returns=len(self.returns),
            bars_a_year=self.bars_a_year,
            paid=paid,
        )


def total_return(returns: pd.Series) -> float:
    """Return what returns by day make together."""
    return float(np.prod(1 + returns.to_numpy()) - 1)
