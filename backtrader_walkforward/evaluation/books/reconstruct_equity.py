"""Equity reconstructed from fills, cash flows and closes, by addition alone.

Nothing here comes from the broker or the analyzers, so that a mistake of theirs is not repeated.
"""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
"""Largest rounding error, as a share of the equity or of the capital, whichever is larger, and of a target weight."""


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
    tickers, accounts = closes.columns if isinstance(closes, pd.DataFrame) else None, {}
    for account, cash in capital.items():
        own = fills[fills["account"] == account]
        worth = (shares_held(own, days, tickers) * prices).sum(axis=1)
        accounts[account] = cash - money_spent(own, days) + worth
        if cash_flows is not None and len(cash_flows):
            flows = cash_flows[cash_flows["account"] == account]
            accounts[account] += running_sum(days, flows["date"], flows["amount"])
    return pd.DataFrame(accounts, closes.index)


def shares_held(fills: pd.DataFrame, days: np.ndarray, tickers: pd.Index | None) -> np.ndarray:
    """Return the shares after the fills dated up to each day, (n_days, n_tickers); one column without `tickers`."""
    places = np.zeros(len(fills), int) if tickers is None else tickers.get_indexer(pd.Index(fills["ticker"]))
    shares = np.zeros((len(days), 1 if tickers is None else len(tickers)))
    np.add.at(shares, (positions(days, fills["date"]), places), fills["size"].to_numpy(dtype=float))
    return np.cumsum(shares, axis=0)


def money_spent(fills: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    """Return what the fills dated up to each day cost, less what sales brought, (n_days,)."""
    size, price, commission = (fills[name].to_numpy(dtype=float) for name in ("size", "price", "commission"))
    return running_sum(days, fills["date"], size * price + commission)


def running_sum(days: np.ndarray, dates: pd.Series, amounts: pd.Series | np.ndarray) -> np.ndarray:
    """Return the sum of the amounts dated up to each of the days, (n_days,)."""
    return np.cumsum(sum_by_day(days, dates, amounts))


def sum_by_day(days: np.ndarray, dates: pd.Series, amounts: pd.Series | np.ndarray) -> np.ndarray:
    """Return the sum of the amounts dated on each of the days, (n_days,)."""
    return np.bincount(positions(days, dates), np.asarray(amounts, dtype=float), minlength=len(days))


def positions(days: np.ndarray, dates: pd.Series) -> np.ndarray:
    """Return the position of each date among the days."""
    return np.searchsorted(days, dates.to_numpy().astype(days.dtype))


def mismatch(reported: Table, expected: Table, capital: float) -> Table:
    """Return for each value whether two equities, or with a capital of 1 two weights, differ by more than rounding.

    NaN always differs.
    """
    scale = np.maximum(expected.abs(), capital)
    return ~((reported - expected).abs() <= TOLERANCE * scale)
