"""What every predictor is: scikit-learn's fit and predict, on windows of features."""

from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator


class Predictor(BaseEstimator, ABC):
    """A forecast of the next bar from the last `lookback` bars.

    A subclass in a file of this folder is found and runs by its name: `class ZeroRate` with `--predictor zero_rate`.
    Its constructor stores its arguments and does no more; what `fit` learns has a name that ends in `_`. The same data
    and seed give the same forecasts to the bit.

    Parameters
    ----------
    target : {"return", "price"}
        What the target holds: the return to the next bar, or its close. The forecast is the same thing.
    seed : int
        Where all randomness begins.
    """

    libraries: tuple[str, ...] = ("numpy", "scipy", "scikit-learn")
    """Distributions whose versions decide the forecasts: with another version, stored ones are made anew.

    A predictor that imports more adds them: `libraries = (*Predictor.libraries, "lightgbm")`.
    """
    is_random: bool = True
    """Whether another seed may give another forecast; only then are there several of it in an ensemble."""
    supports_warm_start: bool = False
    """Whether `fit` can begin with what an earlier fit learned.

    Its arrays are then a parameter, `initial_weights` (None: from scratch), and `fit` leaves its own in `weights_`.
    """
    epochs_: int = 0
    """Times that `fit` went over the training windows; 0 for a predictor that solves at once."""

    def __init__(self, target: str = "return", seed: int = 7) -> None:
        self.target = target
        self.seed = seed

    @abstractmethod
    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Learn the target from the windows.

        Both are in time order, and all of them were known when the first forecast is made. Early stopping and scalers
        must make do with them.

        Parameters
        ----------
        windows : ndarray (n, lookback, n_features)
            Features unscaled, oldest bar first; read-only.
        target : ndarray (n,)
            What followed the last bar of each window.
        """

    @abstractmethod
    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the forecasts, (n,), for windows of shape (n, lookback, n_features).

        A forecast depends on its own window alone: windows of later days leave it as it is, to the bit.
        """
