"""An independent ledger: every account's equity from its fills, interest and the closes, by addition alone.

Nothing here comes from the broker or the analyzers, so that a mistake of theirs is not repeated.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
"""Largest difference that is rounding, as a share of the equity or the capital, whichever is larger."""


def reconstruct_equity(
    fills: pd.DataFrame, closes: pd.Series, capital: Mapping[str, float], cash_flows: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the equity of each account at each close: cash + shares held x close.

    Parameters
    ----------
    orders : DataFrame
        One strategy's fills: `date`, `account`, `size` (negative when sold), `price`, `commission`.
    closes : Series (n_days,)
        By date. No fill lies on another date.
    capital : mapping of str to float
        Cash of each account at the start.
    cash_flows : DataFrame, optional
        Cash that came or went without a trade: `date`, `account`, `amount` (negative when paid).

    Returns
    -------
    DataFrame (n_days, n_accounts)
    """
    days = closes.index.to_numpy()
    accounts = {}
    for account, cash in capital.items():
        own = fills[fills["account"] == account]
        held = summed(days, own["date"], own["size"])
        paid = summed(days, own["date"], own["size"] * own["price"] + own["commission"])
        accounts[account] = cash - paid + held * closes.to_numpy(dtype=float)
        if cash_flows is not None:
            flows = cash_flows[cash_flows["account"] == account]
            accounts[account] += summed(days, flows["date"], flows["amount"])
    return pd.DataFrame(accounts, closes.index)


def summed(days: np.ndarray, dates: pd.Series, amounts: pd.Series) -> np.ndarray:
    """Return the sum of the amounts up to each of the days, (n_days,)."""
    return np.cumsum(np.bincount(places_of(days, dates), amounts.to_numpy(dtype=float), minlength=len(days)))


def places_of(days: np.ndarray, dates: pd.Series) -> np.ndarray:
    """Return where among the days each date lies."""
    return np.searchsorted(days, dates.to_numpy().astype(days.dtype))


def as_booked(fills: pd.DataFrame, closes: pd.Series, slippage: float) -> pd.DataFrame:
    """Return the fills of a run that fills at the close, each on the day on which the broker booked it.

    An order that fills at a close is dated on that day and booked when the next bar comes: what it cost is missing from
    the equity of the session before. It is told from an order that filled within its day by its price: the close, or
    the close and `slippage`, a share of it.
    """
    days = closes.index.to_numpy()
    place = places_of(days, fills["date"])
    slipped = closes.to_numpy(dtype=float)[place] * (1 + slippage * np.sign(fills["size"].to_numpy(dtype=float)))
    at_close = np.isclose(fills["price"].to_numpy(dtype=float), slipped, rtol=TOLERANCE, atol=0.0)
    return fills.assign(date=days[np.minimum(place + at_close, len(days) - 1)])


def mismatch(reported: pd.Series, expected: pd.Series, capital: float) -> pd.Series:
    """Return, a day, whether the reported equity is not the expected one; NaN never is."""
    scale = np.maximum(expected.abs(), capital)
    return ~((reported - expected).abs() <= TOLERANCE * scale)
