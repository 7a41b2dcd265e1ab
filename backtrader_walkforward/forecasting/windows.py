"""Windows and targets: the features of the last days, as known at the close of each day, and what follows it."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


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


def next_target(close: np.ndarray, target: str) -> np.ndarray:
    """Return the target of each bar: the return to the next close ("return") or that close ("price").

    Row t is known at the close of t + 1, not earlier. The last row is NaN.

    >>> next_target(np.array([100.0, 110.0, 99.0]), "return").round(6)
    array([ 0.1, -0.1,  nan])
    """
    following = np.append(close[1:], np.nan)
    return following if target == "price" else following / close - 1


def as_return(predicted: np.ndarray, close: np.ndarray, target: str) -> np.ndarray:
    """Return the forecasts made at `close` as returns: themselves, or predicted / close - 1."""
    return predicted / close - 1 if target == "price" else predicted
