"""Everything that the reports of a panel are made from: the shape of its result."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.trading.variants import BENCHMARK


class Ranking(Protocol):
    """How well the forecasts rank the tickers of a day; `panel.ranking_skill` measures it."""

    @property
    def ic(self) -> pd.Series:
        """Rank correlation of forecast and return over the tickers, by day."""

    @property
    def mean_ic(self) -> float | None:
        """Its mean."""

    @property
    def standard_error(self) -> float | None:
        """The standard error of the mean."""

    @property
    def t_ratio(self) -> float | None:
        """Mean over standard error."""

    @property
    def p_value(self) -> float | None:
        """One-sided p-value of the mean."""

    @property
    def hit_rate(self) -> float | None:
        """Share of forecasts with the sign of their return."""

    @property
    def fifths(self) -> pd.Series:
        """Mean return by fifth of forecast, the lowest first; of thirds for few tickers."""

    @property
    def spread(self) -> float | None:
        """Mean return a day of the highest fifth less the lowest."""

    @property
    def spread_t_ratio(self) -> float | None:
        """Spread over its standard error."""

    @property
    def by_year(self) -> pd.DataFrame:
        """`mean_ic t_ratio days hit_rate spread`, a row a year."""


class Portfolio(Protocol):
    """One strategy over all tickers, in equal parts."""

    @property
    def name(self) -> str:
        """Name of the strategy."""

    @property
    def equity(self) -> pd.Series:
        """Value at each close."""

    @property
    def bars_a_year(self) -> int:
        """Bars a year."""

    @property
    def total_return(self) -> float:
        """Last over first equity, minus 1."""

    @property
    def annual_return(self) -> float | None:
        """The yearly growth that gives the same total."""

    @property
    def sharpe(self) -> float | None:
        """Annual Sharpe ratio."""

    @property
    def max_drawdown(self) -> float:
        """The deepest drawdown, a negative fraction."""


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
    def ranking(self) -> Ranking:
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
    return sorted(strategies, key=lambda one: (one.sharpe is None, -(one.sharpe or 0.0), one.name)), buy_and_hold_of(
        panel
    )
