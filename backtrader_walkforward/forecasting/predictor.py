"""The `Predictor` contract: scikit-learn's fit and predict, on windows of features."""

from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator


class Predictor(BaseEstimator, ABC):
    """A forecast of the next bar from the last `lookback` bars.

    A subclass in a file of `predictors/` is found and runs by its name: `class ZeroRate` with `--predictor zero_rate`.
    Its constructor only stores its arguments. Attributes that `fit` learns have names that end in `_`. The same data
    and seed give the same forecasts to the bit.

    Parameters
    ----------
    target : {"return", "price", "traded"}
        The target holds the return to the next bar, its close, or the return between its open and the open after it.
        So does the forecast.
    seed : int
        Seed of all random numbers.
    """

    libraries: tuple[str, ...] = ("numpy", "scipy", "scikit-learn")
    """Distributions whose versions decide the forecasts: another version makes all forecasts again.

    A predictor that imports others adds them: `libraries = (*Predictor.libraries, "lightgbm")`.
    """
    is_random: bool = True
    """Whether another seed may give another forecast. An ensemble has several seeds of random predictors only."""
    needs_raw_inputs: bool = False
    """Whether the windows hold the features themselves, whatever the setting `inputs` says."""
    supports_warm_start: bool = False
    """Whether `fit` can start from the weights of an earlier fit.

    Those arrays are then a parameter, `initial_weights` (None: random weights), and `fit` stores its own in `weights_`.
    """
    searches_epochs: bool = False
    """Whether `fit` searches for a number of epochs that later fits can take over.

    The learning rate of each epoch is then a parameter, `learning_rates` (None: search), and `fit` stores those that it
    trained with in `learning_rates_`, one or more.
    """
    epochs_: int = 0
    """Passes of `fit` over the training windows; 0 for a predictor that solves in one step."""
    learning_curve_: np.ndarray = np.empty((0, 2))
    """Error on the training windows and on those for validation (epochs, 2), after each pass of `fit`.

    It is in the unit of the loss, and empty for a predictor that solves in one step. Reports show it. A fit without
    windows for validation has NaN there.
    """

    def __init__(self, target: str = "return", seed: int = 7) -> None:
        self.target = target
        self.seed = seed

    @abstractmethod
    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Learn the target from the windows.

        Both are in time order, and all of them are known when the first forecast is made. Early stopping and scalers
        may use nothing else.

        Parameters
        ----------
        windows : ndarray (n, lookback, n_features)
            Inputs, oldest bar first; read-only. They are scale-free features in 0..1, or the features (`raw`).
        target : ndarray (n,)
            Target after the last bar of each window. In a pooled fit the windows are those of several tickers, and the
            targets of each are divided by their standard deviation; the forecasts are multiplied by it.
        """

    @abstractmethod
    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the forecasts, (n,), for windows of shape (n, lookback, n_features).

        A forecast depends on its own window alone: windows of later days do not change a bit of it.
        """
