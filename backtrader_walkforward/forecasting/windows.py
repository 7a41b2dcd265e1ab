"""Windows: the features of the last days, as they were known at the close of each day."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def make_windows(features: np.ndarray, lookback: int) -> np.ndarray:
    """Return every window of `lookback` rows: a read-only view of the memory of `features`.

    ::

        rows      0 1 2 3 4 5        lookback 4
        window 0  [-----]            ends with row 3 = lookback - 1
        window 1    [-----]
        window 2      [-----]        ends with the last row

    Parameters
    ----------
    features : ndarray (n, n_features)

    Returns
    -------
    ndarray (n - lookback + 1, lookback, n_features)
        Window i ends with row i + lookback - 1 and holds nothing later.
    """
    return sliding_window_view(features, lookback, axis=0).transpose(0, 2, 1)
