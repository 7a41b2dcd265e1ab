"""The stacked bidirectional LSTM."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from backtrader_walkforward import Predictor
from backtrader_walkforward.forecasting.keras_lstm.network import BATCH, Network, network
from backtrader_walkforward.forecasting.keras_lstm.training import Search, batch_size_for, search_epochs, train


class LSTM(Predictor):
    """Forecast with two bidirectional LSTM layers, a forward one and two dense layers.

    The number of epochs with the smallest error on the latest quarter of the windows is found first. Then the network
    is trained again, from the same initial weights, on all windows for as many epochs. A fit that takes over the number
    of an earlier one only does the second. Inputs that are not in 0..1 already are scaled to it on the training
    windows. Later ones may leave that range: nothing is clipped here.

    Parameters
    ----------
    target, seed
        See `Predictor`.
    epochs : int
        Maximum number of passes of the search, which may end sooner. The fit takes as many as were best.
    min_epochs : int
        Fewest passes of the fit from random weights, one or more. After one or two the error on a few windows is a
        matter of chance.
    batch_size : int, optional
        Windows in a training step. By default it grows with their number (`batch_size_for`).
    patience, warm_start_patience : int
        Epochs without a better validation error after which the search ends: the first for a start from random weights,
        the second for one from `initial_weights`. Half as many halve the learning rate.
    units : tuple of int
        Sizes of the LSTM layers; all but the last are bidirectional.
    dense : int
        Size of the layer before the output.
    initial_weights : sequence of ndarray, optional
        The `weights_` of an earlier fit to start from. By default the weights are drawn from `seed`.
    learning_rates : sequence of float, optional
        Learning rate of each epoch of the fit: the `learning_rates_` of an earlier fit. By default they are searched.
    """

    supports_warm_start = True
    searches_epochs = True

    libraries = (*Predictor.libraries, "tensorflow", "keras")

    def __init__(
        self,
        target: str = "return",
        seed: int = 7,
        epochs: int = 50,
        min_epochs: int = 5,
        batch_size: int | None = None,
        patience: int = 4,
        warm_start_patience: int = 3,
        units: tuple[int, ...] = (128, 64, 32),
        dense: int = 16,
        initial_weights: Sequence[np.ndarray] | None = None,
        learning_rates: Sequence[float] | None = None,
    ) -> None:
        super().__init__(target, seed)
        self.epochs = epochs
        self.min_epochs = min_epochs
        self.batch_size = batch_size
        self.patience = patience
        self.warm_start_patience = warm_start_patience
        self.units = units
        self.dense = dense
        self.initial_weights = initial_weights
        self.learning_rates = learning_rates

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Find the best number of epochs, if none is given, train on all windows for as many, and keep the weights."""
        self.low_, high = windows.min(axis=(0, 1)), windows.max(axis=(0, 1))
        self.width_ = np.where(high > self.low_, high - self.low_, 1)
        self.target_scaler_ = target_scaler(self.target).fit(target.reshape(-1, 1))
        inputs = self._scaled(windows)
        outputs = self.target_scaler_.transform(target.reshape(-1, 1)).astype(np.float32)
        batch_size = self.batch_size or batch_size_for(len(windows))
        searched: list[tuple[float, float]] = []
        if self.learning_rates is None:
            search = self._search(self._initial_network(windows), inputs, outputs, batch_size)
            rates, searched = search.learning_rates[: search.best], search.errors
        else:
            rates = list(map(float, self.learning_rates))
        net = self._initial_network(windows)
        errors = train(net, inputs, outputs, learning_rates=rates, batch_size=batch_size, seed=self.seed)
        self.weights_, self.learning_rates_ = net.model.get_weights(), rates
        self.learning_curve_ = np.array(searched or [(error, np.nan) for error in errors]).reshape(-1, 2)
        self.epochs_ = len(searched) + len(errors)
        return self

    def _search(self, net: Network, inputs: np.ndarray, outputs: np.ndarray, batch_size: int) -> Search:
        """Return the search for the best number of epochs."""
        warm_start = self.initial_weights is not None
        return search_epochs(
            net,
            inputs,
            outputs,
            epochs=self.epochs,
            min_epochs=0 if warm_start else max(1, self.min_epochs),
            patience=self.warm_start_patience if warm_start else self.patience,
            batch_size=batch_size,
            seed=self.seed,
        )

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the forecasts. All batches have one size, since the size of a batch changes the rounding."""
        net = self._network(windows)
        net.model.set_weights(self.weights_)
        n_batches = -(-len(windows) // BATCH)
        inputs = np.zeros((n_batches * BATCH, *windows.shape[1:]), np.float32)
        inputs[: len(windows)] = self._scaled(windows)
        outputs = net.outputs(inputs).astype(float)
        return self.target_scaler_.inverse_transform(outputs)[: len(windows), 0]

    def _network(self, windows: np.ndarray) -> Network:
        return network(*windows.shape[1:], self.units, self.dense)

    def _initial_network(self, windows: np.ndarray) -> Network:
        """Return the network with the weights that training starts from."""
        net = self._network(windows)
        net.reset(self.seed)
        if self.initial_weights is not None:
            net.model.set_weights(self.initial_weights)
        return net

    def _scaled(self, windows: np.ndarray) -> np.ndarray:
        """Return the windows scaled to 0..1: themselves, not a copy, if they were in 0..1 when the fit was made."""
        if not self.low_.any() and (self.width_ == 1).all():
            return windows.astype(np.float32, copy=False)
        return ((windows - self.low_) / self.width_).astype(np.float32)


def target_scaler(target: str) -> MinMaxScaler | StandardScaler:
    """Return the scaler of a network's target: prices to 0..1, returns to mean 0 and standard deviation 1.

    An untrained network returns about 0. With returns scaled to 0..1, that is the worst return of the training rows,
    and a short training stays near it. On the S&P 500 before 2008-12 it forecast -0.54 % a day (RMSE 18.2 points; naive
    17.0); with standardised returns it forecast +0.10 % (17.0).
    """
    return MinMaxScaler() if target == "price" else StandardScaler()
