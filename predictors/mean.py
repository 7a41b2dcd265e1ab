"""The random walk with drift: tomorrow is like the average day so far."""

from typing import Self

import numpy as np

from backtrader_walkforward.forecasting.predictor import Predictor


class Mean(Predictor):
    """Forecast the mean of the training targets, whatever the window shows."""

    is_random = False

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Learn the mean."""
        self.mean_ = float(np.mean(target))
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the mean, once a window."""
        return np.full(len(windows), self.mean_)
