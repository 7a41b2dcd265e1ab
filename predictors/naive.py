"""The random walk: the next close is the last close."""

from typing import Self

import numpy as np

from backtrader_walkforward import Predictor
from backtrader_walkforward.features.scale_free import close_of


class Naive(Predictor):
    """Forecast no change: a return of 0, or the last close. This is the forecast to beat."""

    is_random = False
    needs_raw_inputs = True

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Learn nothing."""
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return zeros, or the last close of each window."""
        return close_of(windows[:, -1]) if self.target == "price" else np.zeros(len(windows))
