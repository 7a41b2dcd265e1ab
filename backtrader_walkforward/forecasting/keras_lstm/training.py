"""The training of the network: batches, early stopping, a falling learning rate."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from backtrader_walkforward.forecasting.keras_lstm.network import Network, load_keras

VALIDATION_SHARE = 0.2
"""Share of the training windows, the latest, on which early stopping and the learning rate depend."""


def train(
    net: Network,
    inputs: np.ndarray,
    outputs: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
    patience: int,
    seed: int,
    warm_start: bool = False,
) -> int:
    """Train until the validation error has not improved for `patience` epochs; return the number of epochs.

    The network keeps the weights of the best epoch.

    ::

        windows   |--- train: shuffled, from `seed` ---|- validation -|        time ->
                  0                                   80 %          100 %

    The learning rate is halved after each `patience // 2` epochs without improvement. After a `warm_start` the initial
    weights count as an epoch: they are kept if no epoch improves on them.
    """
    n_train = len(inputs) - max(1, int(VALIDATION_SHARE * len(inputs)))
    generator = np.random.default_rng(seed)

    def validation() -> dict[str, float]:
        errors = net.outputs(inputs[n_train:], batch_size) - outputs[n_train:]
        return {"val_loss": float(np.mean(np.square(errors)))}

    with _callbacks(net.model, patience) as callbacks:
        if warm_start:
            callbacks.on_epoch_end(0, validation())
        for epoch in range(1, epochs + 1):
            order = generator.permutation(n_train)
            for start in range(0, n_train, batch_size):
                rows = order[start : start + batch_size]
                net.step(inputs[rows], outputs[rows])
            callbacks.on_epoch_end(epoch, validation())
            if net.model.stop_training:
                break
    return epoch


@contextmanager
def _callbacks(model: Any, patience: int) -> Iterator[Any]:
    """Yield Keras's early stopping and falling learning rate; at the end the model has its best weights."""
    keras = load_keras()
    stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    slow = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=max(1, patience // 2))
    callbacks = keras.callbacks.CallbackList([stop, slow], model=model)
    model.stop_training = False
    with warnings.catch_warnings():
        # Keras reads its learning rate in a way that numpy 2 calls outdated.
        warnings.filterwarnings("ignore", "__array__ implementation doesn't accept a copy keyword", DeprecationWarning)
        callbacks.on_train_begin()
        yield callbacks
        callbacks.on_train_end()
