"""Checks that every backtest makes of itself: its fills fit their bars, and its equity follows from them.

The broker's own cash and value are not read, so that neither a mistake in them nor cash that a strategy gives itself is
believed. Recorded flows of cash, as interest and dividends, are.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from backtrader_walkforward.data.prices import PRICE_COLUMNS
from backtrader_walkforward.evaluation.reconstruct_equity import TOLERANCE, mismatch, positions, reconstruct_equity
from backtrader_walkforward.evaluation.result import BacktestResult
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.settings.groups import TradingSettings


def first_fault(
    result: BacktestResult, bars: pd.DataFrame, capital: Mapping[str, float], trading: TradingSettings
) -> str:
    """Return the first thing that does not add up in a result, with its account and day; empty if all does.

    Parameters
    ----------
    result : BacktestResult
    bars : DataFrame
        Prices by date, with all days of the result.
    capital : mapping of str to float
        Starting cash of each account.
    trading : TradingSettings
        The costs of the run.
    """
    return fault_of_fills(result.fills, bars, trading) or fault_of_equity(result, bars["Close"], capital)


def fault_of_fills(fills: pd.DataFrame, bars: pd.DataFrame, trading: TradingSettings) -> str:
    """Return the first fill on a day without a bar, at a price that its bar does not have, or at too small a cost."""
    days, prices = bars.index.to_numpy(), bars[PRICE_COLUMNS].to_numpy(dtype=float)
    place = np.minimum(positions(days, fills["date"]), len(days) - 1)
    size, price, paid = (fills[name].to_numpy(dtype=float) for name in ("size", "price", "commission"))
    low, high = prices.min(axis=1)[place], prices.max(axis=1)[place]
    slippage, rate = trading.slippage_bps / BASIS_POINTS, trading.commission_bps / BASIS_POINTS
    lowest = low * (1 - slippage * (size < 0)) * (1 - TOLERANCE)
    highest = high * (1 + slippage * (size > 0)) * (1 + TOLERANCE)
    least = np.maximum(rate * np.abs(size) * price, trading.commission_min)
    has_bar = days[place] == fills["date"].to_numpy().astype(days.dtype)
    fits = (price >= lowest) & (price <= highest)
    sound = has_bar & fits & (paid >= least * (1 - TOLERANCE))
    if sound.all():
        return ""
    first = int(sound.argmin())
    why = f"with a commission of {paid[first]:,.4f}, and not {least[first]:,.4f} or more"
    if not fits[first]:
        why = f"whose bar goes from {low[first]:,.4f} to {high[first]:,.4f}"
    if not has_bar[first]:
        why = "which has no bar"
    account, day = fills["account"].iloc[first], fills["date"].iloc[first]
    return f"account {account}: a fill of {size[first]:,.4f} at {price[first]:,.4f} on {day:%Y-%m-%d}, {why}"


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
