"""Rows of the registry: the series in them, and whether they are as they were stored."""

import sqlite3
from hashlib import sha256

import numpy as np
import pandas as pd

from backtrader_walkforward.significance.active_accounts import rounded


def is_sound(row: sqlite3.Row) -> bool:
    """Return whether the series of a row, and its settings if they were read, are those that were stored."""
    try:
        days, market, returns = (numbers_in(row, name) for name in ("days", "market_returns", "returns"))
        settings_stay = "settings" not in row.keys() or digest(row["settings"]) == row["choice"]  # noqa: SIM118
    except (ValueError, TypeError, AttributeError):  # half a number, or none
        return False
    key = digest(days, rounded(market))
    return settings_stay and key == row["market"] and digest(key, rounded(returns)) == row["account"]


def numbers_in(row: sqlite3.Row, name: str) -> np.ndarray:
    """Return the numbers in a column of bytes."""
    return np.frombuffer(row[name], "<i4" if name == "days" else "<f8")


def stored_days(row: sqlite3.Row) -> pd.DatetimeIndex:
    """Return the days of a row."""
    return pd.DatetimeIndex(numbers_in(row, "days").astype("datetime64[D]"), name="date").as_unit("us")


def market_returns(row: sqlite3.Row) -> pd.Series:
    """Return the returns of the market of a row."""
    return pd.Series(numbers_in(row, "market_returns"), stored_days(row))


def digest(*parts: str | np.ndarray) -> str:
    """Return a digest of texts and arrays."""
    whole = sha256()
    for part in parts:
        whole.update(part.encode() + b"\0" if isinstance(part, str) else part.tobytes())
    return whole.hexdigest()[:32]
