"""Windows and targets: the features of the last days, as known at the close of each day, and what follows it."""

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

HORIZONS = {"return": 1, "price": 1, "traded": 2}
"""Bars after which each target is known."""


def make_windows(features: np.ndarray, lookback: int) -> np.ndarray:
    """Return every window of `lookback` rows, (n - lookback + 1, lookback, n_features), of features (n, n_features).

    ::

        rows      0 1 2 3 4 5        lookback 4
        window 0  [-----]            ends with row 3 = lookback - 1
        window 1    [-----]
        window 2      [-----]        ends with the last row

    Window i ends with row i + lookback - 1 and holds nothing later. It is a read-only view of the memory of `features`.
    """
    return sliding_window_view(features, lookback, axis=0).transpose(0, 2, 1)


def next_target(prices: pd.DataFrame, target: str) -> np.ndarray:
    """Return the target of each bar, NaN where it is not yet known.

    "return" is the return to the next close, "price" that close, "traded" the return from the next open to the open
    after it: what a position earns that is decided at the close and filled at the next open. Row t is known at the
    close of row t + `HORIZONS[target]`, not earlier.

    >>> prices = pd.DataFrame({"Open": [99.0, 100.0, 110.0], "Close": [100.0, 110.0, 99.0]})
    >>> next_target(prices, "return").round(6), next_target(prices, "traded").round(6)
    (array([ 0.1, -0.1,  nan]), array([0.1, nan, nan]))
    """
    first = prices["Open"].shift(-1) if target == "traded" else prices["Close"]
    price = first.to_numpy(dtype=float)
    following = np.append(price[1:], np.nan)
    return following if target == "price" else following / price - 1


def next_return(prices: pd.DataFrame, target: str) -> pd.Series:
    """Return the return that each bar's forecast is of, NaN where it is not yet known: for "price" that of the closes.

    Forecasts are measured by it, whatever the predictor learned.
    """
    return pd.Series(next_target(prices, "return" if target == "price" else target), prices.index)


def as_return(predicted: np.ndarray, close: np.ndarray, target: str) -> np.ndarray:
    """Return the forecasts made at `close` as returns: themselves, or predicted / close - 1."""
    return predicted / close - 1 if target == "price" else predicted
