"""What one variant's backtest gives: all that reports may know of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from backtrader_walkforward.evaluation.metrics import excess_returns


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
    bankrupt: date | None


@dataclass(frozen=True)
class CostTotals:
    """What was paid, and received as interest on cash, in money."""

    commission: float = 0.0
    slippage: float = 0.0
    borrowing: float = 0.0
    cash_interest: float = 0.0

    @property
    def paid(self) -> float:
        """All that was paid."""
        return self.commission + self.slippage + self.borrowing


def no_flows() -> pd.DataFrame:
    """Return the table of cash flows of an account that bears no interest."""
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
        Target weight of the active account, decided at each close.
    exposure : Series
        Position value / equity at each close, over both accounts; of what is traded at a close itself, before that.
    orders : DataFrame
        Every fill: `date`, `strategy`, `account`, `size`, `price`, `commission`.
    trades : DataFrame
        Every closed trade: `opened`, `closed`, `size`, `profit`, `commission`.
    metrics : Metrics
        The figures.
    costs : CostTotals
        What commission, slippage and borrowing took, and cash gave.
    cash_flows : DataFrame
        Interest: `date`, `account`, `kind` (`borrowing` or `cash_interest`), `amount` (below 0 where it was paid).
    stopped : mapping of str to int
        Positions closed by each kind of stop that is on; empty where none is.
    cash_rate : float
        Yearly interest on cash. What is above it is what a Sharpe ratio and every test of one looks at.
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
    costs: CostTotals = CostTotals()
    cash_flows: pd.DataFrame = field(default_factory=no_flows)
    stopped: Mapping[str, int] = field(default_factory=dict)
    cash_rate: float = 0.0

    @property
    def excess_returns(self) -> pd.Series:
        """Daily changes of the equity, less what cash bore."""
        return excess_returns(self.equity, self.cash_rate)
