"""The random walk: the next close is the last close."""

from typing import Self

import numpy as np

from backtrader_walkforward import Predictor
from backtrader_walkforward.features import FEATURE_NAMES


class Naive(Predictor):
    """Forecast no change: a return of 0, or the last close. This is the forecast to beat.

    The close is the sum of two features: `lag_5 + momentum_5` = c_5 + (c - c_5).
    """

    is_random = False
    needs_raw_inputs = True

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Learn nothing."""
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return zeros, or the last close of each window."""
        if self.target != "price":
            return np.zeros(len(windows))
        today = windows[:, -1]
        return today[:, FEATURE_NAMES.index("lag_5")] + today[:, FEATURE_NAMES.index("momentum_5")]
