"""Everything that the reports of a panel are made from: the shape of its result."""

from collections.abc import Mapping, Sequence
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


class PanelSummary(Protocol):
    """One panel: all that terminal, pages and files are made from."""

    @property
    def settings(self) -> Settings:
        """Those of every study."""

    @property
    def model(self) -> str:
        """`own` or `pooled`."""

    @property
    def tickers(self) -> pd.DataFrame:
        """A row a studied ticker."""

    @property
    def failed(self) -> Mapping[str, str]:
        """Why each other ticker has no study, one line."""

    @property
    def forecasts(self) -> pd.DataFrame:
        """Days x tickers."""

    @property
    def returns(self) -> pd.DataFrame:
        """Days x tickers: the return that each forecast is of."""

    @property
    def by_year(self) -> pd.DataFrame:
        """Tickers x years: the correlation of forecast and return."""

    @property
    def ranking(self) -> RankingSkill:
        """How well the forecasts rank the tickers."""

    @property
    def portfolios(self) -> Mapping[str, Portfolio]:
        """By name, `buy_and_hold` among them."""

    @property
    def books(self) -> Sequence[BacktestResult]:
        """One account each over all tickers, the benchmark last."""

    @property
    def significance(self) -> Significance:
        """How much luck explains."""

    @property
    def best_ticker(self) -> SkillTest | None:
        """The test of the best single account, which was picked."""

    @property
    def notes(self) -> Sequence[str]:
        """Survivorship, and what else a reader has to know."""

    def __getitem__(self, ticker: str) -> TickerReport:
        """Return the study of a ticker."""


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
