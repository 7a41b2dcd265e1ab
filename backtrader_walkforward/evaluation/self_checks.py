"""Checks that every backtest makes of itself: its fills fit their bars, and its equity follows from them.

Nothing here comes from the broker, so that neither a mistake of it nor cash that a strategy gives itself is believed.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.reconstruct_equity import TOLERANCE, mismatch, positions, reconstruct_equity
from backtrader_walkforward.evaluation.result import BacktestResult

PRICES = ["Open", "High", "Low", "Close"]


def first_fault(result: BacktestResult, bars: pd.DataFrame, capital: Mapping[str, float], slippage: float) -> str:
    """Return the first thing that does not add up in a result, with its account and day; empty if all does.

    Parameters
    ----------
    result : BacktestResult
    bars : DataFrame
        Prices by date, with all days of the result.
    capital : mapping of str to float
        Starting cash of each account.
    slippage : float
        Share of the price by which a fill may lie on the worse side of its bar.
    """
    return fault_of_fills(result.fills, bars, slippage) or fault_of_equity(result, bars["Close"], capital)


def fault_of_fills(fills: pd.DataFrame, bars: pd.DataFrame, slippage: float) -> str:
    """Return the first fill on a day without a bar, or at a price that its bar does not have."""
    days, prices = bars.index.to_numpy(), bars[PRICES].to_numpy(dtype=float)
    place = np.minimum(positions(days, fills["date"]), len(days) - 1)
    sizes, found = (fills[name].to_numpy(dtype=float) for name in ("size", "price"))
    low, high = prices.min(axis=1)[place], prices.max(axis=1)[place]
    lowest = low * (1 - slippage * (sizes < 0)) * (1 - TOLERANCE)
    highest = high * (1 + slippage * (sizes > 0)) * (1 + TOLERANCE)
    has_bar = days[place] == fills["date"].to_numpy().astype(days.dtype)
    fits = has_bar & (found >= lowest) & (found <= highest)
    if fits.all():
        return ""
    first = int(fits.argmin())
    why = f"whose bar goes from {low[first]:,.4f} to {high[first]:,.4f}" if has_bar[first] else "which has no bar"
    account, day = fills["account"].iloc[first], fills["date"].iloc[first]
    return f"account {account}: a fill of {sizes[first]:,.4f} at {found[first]:,.4f} on {day:%Y-%m-%d}, {why}"


def fault_of_equity(result: BacktestResult, closes: pd.Series, capital: Mapping[str, float]) -> str:
    """Return the first account and day whose equity is another than fills, flows of cash and closes give."""
    if list(result.accounts) != list(capital):
        return f"its accounts are {', '.join(map(str, result.accounts))}, and should be {', '.join(capital)}"
    days = pd.DatetimeIndex(result.equity.index)
    expected = reconstruct_equity(result.booked_fills, closes.reindex(days), capital, result.cash_flows)
    largest = max(sum(capital.values()), expected.abs().to_numpy().max())
    wrong = np.argwhere(mismatch(result.accounts, expected, largest).to_numpy())
    if not len(wrong):
        return ""
    day, account = wrong[0]
    found, right = (table.iloc[day, account] for table in (result.accounts, expected))
    return (
        f"account {expected.columns[account]}: an equity of {found:,.2f} on {days[day]:%Y-%m-%d}, where its fills,"
        f" flows of cash and closes give {right:,.2f}"
    )
