"""How the network is trained: batches, early stopping, a learning rate that falls."""

import warnings
from typing import Any

import numpy as np

from predictors.network import load_keras

VALIDATION_SHARE = 0.2
"""Share of the training windows, the latest, that early stopping and the learning rate watch."""


def train(
    model: Any, inputs: np.ndarray, outputs: np.ndarray, *, epochs: int, batch_size: int, patience: int, seed: int
) -> int:
    """Train until the validation error has not improved for `patience` epochs; keep the best weights.

    ::

        windows   |--- train: shuffled, from `seed` ---|- validation -|        time ->
                  0                                   80 %          100 %

    The learning rate is halved after each `patience // 2` epochs without improvement.

    Returns
    -------
    int
        Epochs trained.
    """
    keras = load_keras()
    n_train = len(inputs) - max(1, int(VALIDATION_SHARE * len(inputs)))
    with warnings.catch_warnings():
        # Keras reads its learning rate in a way that numpy 2 calls outdated.
        warnings.filterwarnings("ignore", "__array__ implementation doesn't accept a copy keyword", DeprecationWarning)
        history = model.fit(
            _shuffled_batches(inputs[:n_train], outputs[:n_train], batch_size, seed),
            validation_data=(inputs[n_train:], outputs[n_train:]),
            validation_batch_size=batch_size,
            epochs=epochs,
            shuffle=False,
            verbose=0,
            callbacks=[
                keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True),
                keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=max(1, patience // 2)),
            ],
        )
    return len(history.epoch)


def _shuffled_batches(inputs: np.ndarray, outputs: np.ndarray, batch_size: int, seed: int) -> Any:
    """Return batches in an order drawn anew each epoch from a generator of their own.

    Keras would draw it from TensorFlow's global generator, whose state depends on all that ran before.
    """
    keras = load_keras()

    class ShuffledBatches(keras.utils.PyDataset):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.generator = np.random.default_rng(seed)
            self.on_epoch_end()

        def on_epoch_end(self) -> None:
            self.order = self.generator.permutation(len(inputs))

        def __len__(self) -> int:
            return -(-len(inputs) // batch_size)

        def __getitem__(self, batch: int) -> tuple[np.ndarray, np.ndarray]:
            rows = self.order[batch * batch_size : (batch + 1) * batch_size]
            return inputs[rows], outputs[rows]

    return ShuffledBatches()
