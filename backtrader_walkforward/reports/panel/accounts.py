"""All accounts that a panel is judged by in one ranking: its books and its portfolios, beside their market."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison, Metrics, measure_performance
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.reports.panel.summary import PanelSummary, split_portfolios
from backtrader_walkforward.settings.variant_names import shares_in

BOOK, PORTFOLIO = "Book", "Portfolio"


class PanelAccounts(Comparison):
    """The books and the portfolios of a panel, ranked together; buy & hold of all tickers is their benchmark."""

    @property
    def best_has_traded(self) -> bool:
        """Whether the best account moved at all: the trades of a portfolio are those of its tickers' accounts."""
        return bool(self.best.returns.any())


def accounts_of(panel: PanelSummary) -> Comparison:
    """Return all that the verdict speaks of, ranked by Sharpe ratio, beside the market that it compares with."""
    *books, held = panel.books
    strategies, market = split_portfolios(panel)
    ranked = [replace(book, kind=kind_of(BOOK, book.name)) for book in books]
    ranked += [account_of(portfolio, held) for portfolio in strategies]
    return PanelAccounts.of(ranked, account_of(market, held))


def account_of(portfolio: Portfolio, book: BacktestResult) -> BacktestResult:
    """Return a portfolio as an account with the capital of a book.

    It has no fills, trades and positions of its own: those are in the accounts of its tickers.
    """
    equity = portfolio.equity * float(book.equity.iloc[0])
    unknown: Any = pd.DataFrame(index=equity.index)
    nowhere = pd.Series(np.nan, equity.index)
    figures = (
        dict.fromkeys(book.metrics)
        | measure_performance(equity, book.cash_rate, portfolio.bars_a_year)
        | {"sharpe": portfolio.sharpe}
    )
    return BacktestResult(
        name=portfolio.name,
        kind=kind_of(PORTFOLIO, portfolio.name),
        equity=equity,
        accounts=unknown,
        returns=portfolio.returns,
        weights=unknown,
        exposure=nowhere,
        fills=book.fills.iloc[:0],
        trades=book.trades.iloc[:0],
        metrics=Metrics(figures, book.metrics.declared),
        analyses={"exposure": {"gross": nowhere}},
        cash_rate=book.cash_rate,
        bars_a_year=portfolio.bars_a_year,
    )


def is_portfolio(account: BacktestResult) -> bool:
    """Tell whether an account of `accounts_of` is a portfolio."""
    return account.kind.startswith(PORTFOLIO)


def kind_of(kind: str, name: str) -> str:
    """Return the type of an account in the ranking.

    >>> kind_of("Book", "top"), kind_of("Portfolio", "kelly_hybrid_70_30")
    ('Book', 'Portfolio, 30/70 split')
    """
    shares = shares_in(name)
    return f"{kind}, {shares.kind}" if shares else kind
