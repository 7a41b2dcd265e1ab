"""The metrics of a backtest, each a plain function of equity or returns, defined here only.

`equity` is the value at each close, starting with the capital; `returns` are its n - 1 daily changes. An undefined
metric is None, never an infinite or huge number. Figures become annual with the bars a year (`data.frequency`). Where
QuantStats and empyrical define the same metric, the values agree.
"""

from typing import Any, TypeVar

import numpy as np
import pandas as pd

from backtrader_walkforward.data.frequency import bars_a_year
from backtrader_walkforward.settings.choices import DAYS_A_YEAR, FLAT

ROLLING_DAYS = 63
"""Returns of a rolling Sharpe ratio: a quarter of a year of an exchange."""

NORMAL_95 = 1.96
"""Standard errors to each side of a 95 % interval."""

OF_RETURNS = ("annual_volatility", "sharpe", "sortino", "winning_days")
"""Figures of the daily returns, each of which must be one."""

Curves = TypeVar("Curves", pd.Series, pd.DataFrame)


def daily_returns(equity: Curves) -> Curves:
    """Return equity over the day before's, minus 1; one fewer than days. 0 after bankruptcy (`moves_from_nothing`)."""
    before = equity.shift(1).where(lambda value: value > 0)
    return (equity / before - 1).fillna(0.0).iloc[1:]


def excess_returns(equity: Curves, cash_rate: float) -> Curves:
    """Return daily returns less the interest on cash: rate x calendar days since the day before / 365."""
    returns, days = daily_returns(equity), pd.DatetimeIndex(equity.index)
    if not cash_rate:
        return returns
    nights = np.diff(days.to_numpy()) / np.timedelta64(1, "D")
    return returns.sub(pd.Series(cash_rate * nights / DAYS_A_YEAR, days[1:]), axis=0)


def monthly_returns(equity: pd.Series) -> pd.DataFrame:
    """Return the return of each month, (n_years, 12): NaN for a month without one.

    The first day has the capital and no return: the first month begins with the day after it. A month that begins with
    an equity of 0 or less has none, too; all others together give the total return.
    """
    returns = returns_of_periods(equity, "M")
    months = pd.PeriodIndex(returns.index)
    parts = pd.DataFrame({"return": returns.to_numpy(), "year": months.year, "month": months.month})
    grid = parts.pivot_table(values="return", index="year", columns="month", aggfunc="last", dropna=False)
    return grid.reindex(columns=pd.RangeIndex(1, 13, name="month"))


def yearly_returns(equity: pd.Series) -> pd.Series:
    """Return the return of each year, by its number; NaN for one that begins with an equity of 0 or less."""
    returns = returns_of_periods(equity, "Y")
    return pd.Series(returns.to_numpy(), pd.PeriodIndex(returns.index).year, name="year")


def returns_of_periods(equity: pd.Series, freq: str) -> pd.Series:
    """Return the last equity of each period over the last one before it, minus 1; NaN where that is 0 or less."""
    days = pd.DatetimeIndex(equity.index)
    last = equity.iloc[1:].groupby(days[1:].to_period(freq)).last()
    before = last.shift(1, fill_value=equity.iloc[0])
    return (last / before - 1).where(before > 0)


def moves_from_nothing(equity: pd.Series) -> bool:
    """Tell whether an equity of 0 or less moves on: the account of a hybrid may lose more than the other has, and win.

    There is no return from it, so that ratios of the returns are undefined. A bankrupt account does not move.
    """
    before = equity.shift(1)
    return bool(((before <= 0) & (equity != before)).any())


def total_return(equity: pd.Series) -> float:
    """Return final over first equity, minus 1."""
    return float(equity.iloc[-1] / equity.iloc[0] - 1)


def annual_return(equity: pd.Series, per_year: int) -> float | None:
    """Return the constant yearly growth that gives the same total: (final / first)^(bars a year / bars) - 1.

    -1 after bankruptcy; None without a return.
    """
    bars = len(equity) - 1
    if not bars:
        return None
    growth = max(float(equity.iloc[-1] / equity.iloc[0]), 0.0)
    return growth ** (per_year / bars) - 1


def annual_volatility(returns: pd.Series, per_year: int) -> float | None:
    """Return the sample standard deviation of returns x sqrt(bars a year); None for fewer than two returns."""
    return float(returns.std(ddof=1) * np.sqrt(per_year)) if len(returns) > 1 else None


def sharpe(returns: pd.Series, per_year: int) -> float | None:
    """Return mean / sample standard deviation x sqrt(bars a year) of excess returns.

    None for a curve that earns only interest. Where cash earns none, excess returns are the returns.
    """
    if len(returns) < 2 or returns.std(ddof=1) <= FLAT:
        return None
    return float(returns.mean() / returns.std(ddof=1) * np.sqrt(per_year))


def rolling_sharpe(returns: pd.Series, per_year: int, days: int = ROLLING_DAYS) -> pd.DataFrame:
    """Return the Sharpe ratio of the latest `days` excess returns at each day, with its 95 % interval.

    The standard error is sqrt((1 + s^2 / 2) / n) for the daily ratio s of n independent, normal returns (Lo, "The
    statistics of Sharpe ratios", 2002). Columns: `ratio low high`, annual; NaN before the first `days` returns, and
    where they do not move.
    """
    window = returns.rolling(days)
    deviation = window.std(ddof=1)
    daily = window.mean() / deviation.where(deviation > FLAT)
    error = NORMAL_95 * np.sqrt((1 + daily**2 / 2) / days)
    return pd.DataFrame({"ratio": daily, "low": daily - error, "high": daily + error}) * np.sqrt(per_year)


def sortino(returns: pd.Series, per_year: int) -> float | None:
    """Return mean / downside deviation x sqrt(bars a year) of excess returns; None where none is below 0.

    Downside deviation is sqrt(mean(min(r, 0)^2)), over all days (Sortino, van der Meer 1991).
    """
    downside = float(np.sqrt((returns.clip(upper=0) ** 2).mean())) if len(returns) else 0.0
    return float(returns.mean() / downside * np.sqrt(per_year)) if downside > FLAT else None


def drawdowns(equity: pd.Series) -> pd.Series:
    """Return, for each day, equity over its highest value so far, minus 1: 0 at a peak, negative below."""
    return equity / equity.cummax() - 1


def max_drawdown(equity: pd.Series) -> float:
    """Return the deepest drawdown, a negative fraction; 0 for a curve that never falls."""
    return float(drawdowns(equity).min())


def max_drawdown_days(equity: pd.Series) -> int:
    """Return the trading days from the peak before the deepest drawdown to its recovery, or to the end without one."""
    below = drawdowns(equity)
    deepest = int(below.to_numpy().argmin())
    if below.iloc[deepest] == 0:
        return 0
    at_peak = np.flatnonzero(below.to_numpy() == 0)
    recovered = at_peak[at_peak > deepest]
    end = recovered[0] if len(recovered) else len(equity) - 1
    return int(end - at_peak[at_peak < deepest][-1])


def calmar(equity: pd.Series, per_year: int) -> float | None:
    """Return annual return / size of the maximum drawdown; None without a drawdown."""
    deepest, growth = max_drawdown(equity), annual_return(equity, per_year)
    return growth / -deepest if deepest and growth is not None else None


def winning_days(returns: pd.Series) -> float | None:
    """Return the share of days with a gain among the days that moved at all; None if none did."""
    moved = int((returns != 0).sum())
    return float((returns > 0).sum() / moved) if moved else None


def win_rate(profits: pd.Series) -> float | None:
    """Return the share of closed trades that made money after commission; None without a closed trade."""
    return float((profits > 0).mean()) if len(profits) else None


def mean_exposure(exposure: pd.Series) -> float:
    """Return the mean size of position value / equity, long or short."""
    return float(exposure.abs().mean())


def turnover(fills: pd.DataFrame, equity: pd.Series, per_year: int) -> float | None:
    """Return the value traded a year as a multiple of mean equity; None without a day of trading.

    Buying and selling everything once each within a year is a turnover of 2.
    """
    bars = len(equity) - 1
    if not bars or equity.mean() <= 0:
        return None
    traded = float((fills["size"].abs() * fills["price"]).sum())
    return traded / float(equity.mean()) * per_year / bars


def measure_performance(equity: pd.Series, cash_rate: float = 0.0, per_year: int | None = None) -> dict[str, Any]:
    """Return the metrics that follow from the equity curve and the yearly interest on cash alone, by name.

    Figures become annual with `per_year`, the bars a year of the prices; with those of the equity where they are alone.
    Volatility, Sharpe and Sortino ratio and winning days are None where the equity `moves_from_nothing`.
    """
    returns, excess = daily_returns(equity), excess_returns(equity, cash_rate)
    per_year = per_year or bars_a_year(pd.DatetimeIndex(equity.index))
    figures = {
        "total_return": total_return(equity),
        "annual_return": annual_return(equity, per_year),
        "annual_volatility": annual_volatility(returns, per_year),
        "sharpe": sharpe(excess, per_year),
        "sortino": sortino(excess, per_year),
        "calmar": calmar(equity, per_year),
        "max_drawdown": max_drawdown(equity),
        "max_drawdown_days": max_drawdown_days(equity),
        "winning_days": winning_days(returns),
        "final_value": float(equity.iloc[-1]),
    }
    return figures | (dict.fromkeys(OF_RETURNS) if moves_from_nothing(equity) else {})
