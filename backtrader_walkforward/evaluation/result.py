"""The result of one variant's backtest, and the comparison of all variants: a ranking and a benchmark."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

import pandas as pd

from backtrader_walkforward.data.frequency import TRADING_DAYS
from backtrader_walkforward.evaluation.metrics import excess_returns
from backtrader_walkforward.metric import Metric

DIGITS = 9
"""Decimals that count in a comparison; the rest is rounding."""

LEAST_AT_WORK = 0.01
"""Mean share of its active account that a variant invests, below which it is not called the best."""


class Metrics(Mapping[str, Any]):
    """The figures of one variant by name, in the order of the reports; also as attributes: `metrics.sharpe`.

    None stands for an undefined figure. Returns are fractions, drawdowns negative ones.

    Parameters
    ----------
    figures : mapping of str to float, date or None
        Those of all analyzers.
    declared : mapping of str to Metric
        How reports show each figure, in their order. A figure without an entry has no column in the ranking.
    """

    __slots__ = ("_figures", "declared")

    def __init__(self, figures: Mapping[str, Any], declared: Mapping[str, Metric] | None = None) -> None:
        self.declared = dict(declared or {})
        self._figures = {name: figures[name] for name in self.declared} | dict(figures)

    def __getitem__(self, name: str) -> Any:
        return self._figures[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._figures:  # pickle asks for names before there are figures
            raise AttributeError(f"there is no metric {name!r}")
        return self._figures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __or__(self, others: Mapping[str, Any]) -> "Metrics":
        return Metrics({**self, **others}, self.declared)

    def __repr__(self) -> str:
        return f"Metrics({self._figures})"


@dataclass(frozen=True)
class CostTotals:
    """Costs that were paid, and interest on cash that was received, in money."""

    commission: float = 0.0
    slippage: float = 0.0
    borrowing: float = 0.0
    cash_interest: float = 0.0

    @classmethod
    def of(cls, analysis: Mapping[str, Any]) -> Self:
        """Take the totals out of what the analyzer `Costs` returns."""
        return cls(**{total.name: analysis[total.name] for total in fields(cls)})

    @property
    def paid(self) -> float:
        """Sum of all that was paid."""
        return self.commission + self.slippage + self.borrowing


def no_flows() -> pd.DataFrame:
    """Return the table of cash flows of an account without any."""
    return pd.DataFrame(columns=["date", "account", "kind", "amount"])


@dataclass(frozen=True)
class BacktestResult:
    """One variant's backtest, day by day and in figures. All series share one index of dates.

    Attributes
    ----------
    name, kind : str
        `kelly_hybrid_70_30` and `30/70 split`.
    equity : Series
        Value at each close; the first is the capital.
    accounts : DataFrame
        The same for each sub-account, columns `active` and `passive` as there are.
    returns : Series
        Daily changes of the equity, one fewer than days.
    weights : Series
        Target weight of the active account, decided at each close; of a book, a DataFrame (n_days, n_tickers).
    exposure : Series
        Position value / equity at each close, over both accounts. With fills at the close: before the fill.
    fills : DataFrame
        Every fill: `date`, `strategy`, `account`, `size`, `price`, `commission`.
    trades : DataFrame
        Every closed trade: `opened`, `closed`, `size`, `profit`, `commission`, `borrowing`.
    metrics : Metrics
        The figures.
    analyses : mapping of str to object
        All that each analyzer returned, by the analyzer's name: `analyses["closed_trades"]`.
    costs : CostTotals
        Commission, slippage and borrowing that were paid, and the interest on cash.
    cash_flows : DataFrame
        Cash without a trade: `date`, `account`, `kind` (`borrowing`, `cash_interest`, `dividend`), `amount` (below 0
        where it was paid).
    stopped : mapping of str to int
        Positions closed by each kind of stop that is on; empty where none is.
    cash_rate : float
        Yearly interest on cash. A Sharpe ratio and every test of one look at the returns above it.
    beyond : sequence of (date, float, float)
        Weights beyond 1 that the strategy returned, and the weight that was traded for each.
    never_traded : str
        Why the active account has no fill, so that the variant has no rank; empty if it has one, or nothing is active.
    bars_a_year : int
        Those of all prices of the run: 252 days of an exchange, 365 of a market that never closes, 52 weeks, 12 months.
    """

    name: str
    kind: str
    equity: pd.Series
    accounts: pd.DataFrame
    returns: pd.Series
    weights: pd.Series
    exposure: pd.Series
    fills: pd.DataFrame
    trades: pd.DataFrame
    metrics: Metrics
    analyses: Mapping[str, Any] = field(default_factory=dict)
    costs: CostTotals = CostTotals()
    cash_flows: pd.DataFrame = field(default_factory=no_flows)
    stopped: Mapping[str, int] = field(default_factory=dict)
    cash_rate: float = 0.0
    beyond: Sequence[tuple[date, float, float]] = ()
    never_traded: str = ""
    bars_a_year: int = TRADING_DAYS

    @property
    def booked_fills(self) -> pd.DataFrame:
        """The fills, each dated on the day on which it entered its account: at a close, that of the next bar."""
        fills: pd.DataFrame = self.analyses["fills"]
        return fills.assign(date=fills["booked"])

    @property
    def gross_exposure(self) -> pd.Series:
        """Value of long and of short positions together / equity at each close; in `exposure` they cancel."""
        gross: pd.Series = self.analyses["exposure"]["gross"]
        return gross

    @property
    def excess_returns(self) -> pd.Series:
        """Daily changes of the equity, less the interest on cash."""
        return excess_returns(self.equity, self.cash_rate)


def by_sharpe(sharpe: float | None, name: str) -> tuple[bool, float, str]:
    """Return the sort key of every ranking: the highest Sharpe ratio first, undefined last, equals by name.

    >>> sorted([("top", 0.5), ("flat", None), ("long_short", 0.5 - 1e-14)], key=lambda one: by_sharpe(one[1], one[0]))
    [('long_short', 0.49999999999999), ('top', 0.5), ('flat', None)]
    """
    return sharpe is None, -round(sharpe or 0.0, DIGITS), name


def rank_of(result: BacktestResult) -> tuple[bool, tuple[bool, float, str]]:
    """Return a sort key: what traded first, and of that the highest Sharpe ratio."""
    return bool(result.never_traded), by_sharpe(result.metrics.sharpe, result.name)


@dataclass(frozen=True)
class Comparison:
    """All variants ranked by Sharpe ratio, beside the benchmark. Those that never traded are last and have no rank."""

    ranked: tuple[BacktestResult, ...]
    benchmark: BacktestResult

    @classmethod
    def of(cls, results: Sequence[BacktestResult], benchmark: BacktestResult) -> "Comparison":
        """Rank `results`."""
        return cls(tuple(sorted(results, key=rank_of)), benchmark)

    @property
    def results(self) -> tuple[BacktestResult, ...]:
        """All results, ranked, the benchmark last."""
        return (*self.ranked, self.benchmark)

    @property
    def best(self) -> BacktestResult:
        """The variant with the highest Sharpe ratio."""
        return self.ranked[0]

    @property
    def best_has_traded(self) -> bool:
        """Whether the best variant closed a trade and invested 1 % of its active account on average."""
        at_work = float(pd.DataFrame(self.best.weights).abs().sum(axis=1).mean())  # a book has one for each ticker
        return not self.best.never_traded and bool(self.best.metrics.trades) and at_work >= LEAST_AT_WORK

    @property
    def best_is_earned(self) -> bool:
        """Whether the best variant may be called so: it has traded, and its Sharpe ratio is above 0."""
        return self.best_has_traded and (self.best.metrics.sharpe or 0.0) > 0

    @property
    def traded(self) -> tuple[BacktestResult, ...]:
        """The variants that have a rank."""
        return tuple(result for result in self.ranked if not result.never_traded)

    def beats_benchmark(self, result: BacktestResult) -> bool:
        """Tell whether `result` earned more than the benchmark."""
        return round(result.metrics.total_return - self.benchmark.metrics.total_return, DIGITS) > 0

    def beats_benchmark_sharpe(self, result: BacktestResult) -> bool | None:
        """Tell whether `result` has a higher Sharpe ratio than the benchmark; None where one of the two has none."""
        ours, theirs = result.metrics.sharpe, self.benchmark.metrics.sharpe
        return None if ours is None or theirs is None else round(ours - theirs, DIGITS) > 0
