"""An independent ledger: every account's equity from its fills and the closes, by addition alone.

Nothing here comes from the broker or the analyzers, so that a mistake of theirs is not repeated.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
"""Largest difference that is rounding, as a share of the equity or the capital, whichever is larger."""


def ledger(orders: pd.DataFrame, closes: pd.Series, capital: Mapping[str, float]) -> pd.DataFrame:
    """Return the equity of each account at each close: cash + shares held x close.

    Parameters
    ----------
    orders : DataFrame
        One strategy's fills: `date`, `account`, `size` (negative when sold), `price`, `commission`.
    closes : Series (n_days,)
        By date. No fill lies on another date.
    capital : mapping of str to float
        Cash of each account at the start.

    Returns
    -------
    DataFrame (n_days, n_accounts)
    """
    days = closes.index.to_numpy()
    accounts = {}
    for account, cash in capital.items():
        fills = orders[orders["account"] == account]
        size, price, commission = (fills[name].to_numpy(dtype=float) for name in ("size", "price", "commission"))
        day = np.searchsorted(days, fills["date"].to_numpy().astype(days.dtype))
        held = np.cumsum(np.bincount(day, size, minlength=len(days)))
        paid = np.cumsum(np.bincount(day, size * price + commission, minlength=len(days)))
        accounts[account] = cash - paid + held * closes.to_numpy(dtype=float)
    return pd.DataFrame(accounts, closes.index)


def unequal(reported: pd.Series, expected: pd.Series, capital: float) -> pd.Series:
    """Return, a day, whether the reported equity is not the expected one; NaN never is."""
    scale = np.maximum(expected.abs(), capital)
    return ~((reported - expected).abs() <= TOLERANCE * scale)
