"""Equity reconstructed from fills, cash flows and closes, by addition alone.

Nothing here comes from the broker or the analyzers, so that a mistake of theirs is not repeated.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
"""Largest rounding error, as a share of the equity or of the capital, whichever is larger."""


def reconstruct_equity(
    fills: pd.DataFrame, closes: pd.Series, capital: Mapping[str, float], cash_flows: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the equity of each account at each close: cash + shares held x close.

    Parameters
    ----------
    fills : DataFrame
        The fills of one variant: `date`, `account`, `size` (negative when sold), `price`, `commission`.
    closes : Series (n_days,)
        By date. Every fill lies on one of these dates.
    capital : mapping of str to float
        Starting cash of each account.
    cash_flows : DataFrame, optional
        Cash received or paid without a trade: `date`, `account`, `amount` (negative when paid).

    Returns
    -------
    DataFrame (n_days, n_accounts)
    """
    days = closes.index.to_numpy()
    accounts = {}
    for account, cash in capital.items():
        own = fills[fills["account"] == account]
        held = running_sum(days, own["date"], own["size"])
        paid = running_sum(days, own["date"], own["size"] * own["price"] + own["commission"])
        accounts[account] = cash - paid + held * closes.to_numpy(dtype=float)
        if cash_flows is not None:
            flows = cash_flows[cash_flows["account"] == account]
            accounts[account] += running_sum(days, flows["date"], flows["amount"])
    return pd.DataFrame(accounts, closes.index)


def running_sum(days: np.ndarray, dates: pd.Series, amounts: pd.Series) -> np.ndarray:
    """Return the sum of the amounts dated up to each of the days, (n_days,)."""
    return np.cumsum(np.bincount(positions(days, dates), amounts.to_numpy(dtype=float), minlength=len(days)))


def positions(days: np.ndarray, dates: pd.Series) -> np.ndarray:
    """Return the position of each date among the days."""
    return np.searchsorted(days, dates.to_numpy().astype(days.dtype))


def as_booked(fills: pd.DataFrame, closes: pd.Series, slippage: float) -> pd.DataFrame:
    """Return the fills of a run with `fill = "close"`, dated on the day on which the broker books them.

    Backtrader dates an order that fills at a close on that day, and books it when the next bar comes: the equity of
    the day does not contain it. Such a fill has the price of the close, plus or minus `slippage`, a share of it. Every
    other fill, as that of a stop, is booked at once.
    """
    days = closes.index.to_numpy()
    place = positions(days, fills["date"])
    slipped = closes.to_numpy(dtype=float)[place] * (1 + slippage * np.sign(fills["size"].to_numpy(dtype=float)))
    at_close = np.isclose(fills["price"].to_numpy(dtype=float), slipped, rtol=TOLERANCE, atol=0.0)
    return fills.assign(date=days[np.minimum(place + at_close, len(days) - 1)])


def mismatch(reported: pd.Series, expected: pd.Series, capital: float) -> pd.Series:
    """Return for each day whether the two equities differ by more than rounding; NaN always differs."""
    scale = np.maximum(expected.abs(), capital)
    return ~((reported - expected).abs() <= TOLERANCE * scale)
