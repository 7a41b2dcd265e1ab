"""Everything that the reports of a panel are made from: the shape of its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison, by_sharpe
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.evaluation.ranking_skill import RankingSkill
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.trading.variants import BENCHMARK


class TickerReport(Protocol):
    """The study of one ticker, as far as the panel's reports show it."""

    @property
    def page(self) -> str:
        """The ticker's own page, HTML."""


@dataclass(frozen=True, kw_only=True, repr=False)
class PanelSummary:
    """One panel: all that terminal, pages and files are made from. `PanelResult` explains the fields."""

    settings: Settings
    tickers: pd.DataFrame
    failed: Mapping[str, str]
    forecasts: pd.DataFrame
    returns: pd.DataFrame
    by_year: pd.DataFrame
    ranking: RankingSkill
    portfolios: Mapping[str, Portfolio]
    books: Sequence[BacktestResult]
    significance: Significance
    best_ticker: SkillTest | None
    notes: tuple[str, ...]
    studies: Mapping[str, TickerReport]

    @property
    def model(self) -> str:
        """`own` or `pooled`."""
        return self.settings.panel.model


def comparison_of(panel: PanelSummary) -> Comparison | None:
    """Return the books ranked by Sharpe ratio, beside their benchmark; None where the benchmark is the only book."""
    *ranked, benchmark = panel.books
    return Comparison.of(ranked, benchmark) if ranked else None


def buy_and_hold_of(panel: PanelSummary) -> Portfolio:
    """Return the portfolio of buy & hold."""
    return panel.portfolios[BENCHMARK.name]


def split_portfolios(panel: PanelSummary) -> tuple[list[Portfolio], Portfolio]:
    """Return the portfolios of the strategies, the highest Sharpe ratio first, and that of buy & hold."""
    strategies = [one for name, one in panel.portfolios.items() if name != BENCHMARK.name]
    ranked = sorted(strategies, key=lambda one: by_sharpe(one.sharpe, one.name))
    return ranked, buy_and_hold_of(panel)
