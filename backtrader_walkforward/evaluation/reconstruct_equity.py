"""Equity reconstructed from fills, cash flows and closes, by addition alone.

Nothing here comes from the broker or the analyzers, so that a mistake of theirs is not repeated.
"""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
"""Largest rounding error, as a share of the equity or of the capital, whichever is larger."""


Table = TypeVar("Table", pd.Series, pd.DataFrame)


def reconstruct_equity(
    fills: pd.DataFrame,
    closes: pd.Series | pd.DataFrame,
    capital: Mapping[str, float],
    cash_flows: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the equity of each account at each close: cash + shares held x close, over all tickers.

    Parameters
    ----------
    fills : DataFrame
        The fills of one variant: `account`, `size` (negative when sold), `price`, `commission`, and as `date` the day
        on which each entered the account (`BacktestResult.booked_fills`); with several tickers `ticker`, too.
    closes : Series (n_days,) or DataFrame (n_days, n_tickers)
        By date. Every fill lies on one of these dates.
    capital : mapping of str to float
        Starting cash of each account.
    cash_flows : DataFrame, optional
        Cash received or paid without a trade: `date`, `account`, `amount` (negative when paid).

    Returns
    -------
    DataFrame (n_days, n_accounts)
    """
    days, prices = closes.index.to_numpy(), closes.to_numpy(dtype=float).reshape(len(closes), -1)
    names = ("size", "price", "commission")
    accounts = {}
    for account, cash in capital.items():
        own = fills[fills["account"] == account]
        size, price, commission = (own[name].to_numpy(dtype=float) for name in names)
        ticker = (
            closes.columns.get_indexer(pd.Index(own["ticker"]))
            if isinstance(closes, pd.DataFrame)
            else np.zeros(len(own), int)
        )
        shares = np.zeros_like(prices)
        np.add.at(shares, (positions(days, own["date"]), ticker), size)
        worth = (np.cumsum(shares, axis=0) * prices).sum(axis=1)
        accounts[account] = cash - running_sum(days, own["date"], size * price + commission) + worth
        if cash_flows is not None and len(cash_flows):
            flows = cash_flows[cash_flows["account"] == account]
            accounts[account] += running_sum(days, flows["date"], flows["amount"])
    return pd.DataFrame(accounts, closes.index)


def running_sum(days: np.ndarray, dates: pd.Series, amounts: pd.Series | np.ndarray) -> np.ndarray:
    """Return the sum of the amounts dated up to each of the days, (n_days,)."""
    return np.cumsum(np.bincount(positions(days, dates), np.asarray(amounts, dtype=float), minlength=len(days)))


def positions(days: np.ndarray, dates: pd.Series) -> np.ndarray:
    """Return the position of each date among the days."""
    return np.searchsorted(days, dates.to_numpy().astype(days.dtype))


def mismatch(reported: Table, expected: Table, capital: float) -> Table:
    """Return for each value whether the two equities differ by more than rounding; NaN always differs."""
    scale = np.maximum(expected.abs(), capital)
    return ~((reported - expected).abs() <= TOLERANCE * scale)
