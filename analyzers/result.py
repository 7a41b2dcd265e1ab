"""What one variant's backtest gives: all that reports may know of it."""

from dataclasses import dataclass
from datetime import date

import pandas as pd


@dataclass(frozen=True)
class Metrics:
    """The figures of one variant; None where undefined. Returns are fractions, drawdowns negative ones."""

    total_return: float
    annual_return: float | None
    annual_volatility: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    max_drawdown_days: int
    win_rate: float | None
    winning_days: float | None
    trades: int
    rejected_orders: int
    exposure: float
    turnover: float | None
    final_value: float
    ruined: date | None


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
        Target weight of the active account, decided at each close.
    exposure : Series
        Position value / equity at each close, over both accounts.
    orders : DataFrame
        Every fill: `date`, `strategy`, `account`, `size`, `price`, `commission`.
    trades : DataFrame
        Every closed trade: `opened`, `closed`, `size`, `profit`, `commission`.
    metrics : Metrics
        The figures.
    """

    name: str
    kind: str
    equity: pd.Series
    accounts: pd.DataFrame
    returns: pd.Series
    weights: pd.Series
    exposure: pd.Series
    orders: pd.DataFrame
    trades: pd.DataFrame
    metrics: Metrics
