"""The random walk with drift: the next return is the average return so far."""

from typing import Self

import numpy as np

from backtrader_walkforward import Predictor


class Mean(Predictor):
    """Forecast the mean of the training targets, of all tickers in a pooled fit, for every window."""

    is_random = False

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Learn the mean."""
        self.mean_ = float(np.mean(target))
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the mean for each window."""
        return np.full(len(windows), self.mean_)
