"""The network in Keras: built once, put back to its beginning before each fit. TensorFlow is imported here only."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

LEARNING_RATE = 1e-3
DROPOUT = 0.2


@cache
def load_keras() -> ModuleType:
    """Import Keras on TensorFlow, without its start-up messages; takes 4 to 10 s the first time."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with _silent_stderr():
        import keras

    return keras


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Send standard error nowhere: TensorFlow's libraries write to it before any log level counts."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class Network:
    """A compiled model that can begin again.

    A model built anew for each fold would leave 20 MB behind each time. This one keeps the values with which all its
    variables began: weights, optimizer, learning rate, seeds.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        model.optimizer.build(model.trainable_variables)
        self.variables = [*model.variables, *model.optimizer.variables]
        self.beginning = [variable.numpy() for variable in self.variables]

    def begin_again(self, seed: int) -> None:
        """Set every variable as in a new model whose weights and dropout are drawn from `seed`."""
        keras = load_keras()
        draw = {"kernel": keras.initializers.GlorotUniform, "recurrent_kernel": keras.initializers.Orthogonal}
        seeds = np.random.SeedSequence(seed).generate_state(len(self.variables)) >> 1
        for variable, value, own_seed in zip(self.variables, self.beginning, seeds.tolist(), strict=True):
            if variable.name in draw:
                value = draw[variable.name](seed=own_seed)(variable.shape)
            elif variable.name == "seed_generator_state":
                value = np.array([own_seed, 0])
            variable.assign(value)


@cache
def network(lookback: int, n_features: int, units: tuple[int, ...], dense: int) -> Network:
    """Return the one network of this shape in this process.

    ::

        (lookback, n_features) - Bidirectional LSTM - Dropout - ... - LSTM - Dropout - Dense relu - Dense 1

    Every recurrent layer but the last runs in both directions and hands on the whole sequence.
    """
    keras = load_keras()
    layers = keras.layers
    stack = [keras.Input((lookback, n_features))]
    for size in units[:-1]:
        stack += [layers.Bidirectional(layers.LSTM(size, return_sequences=True)), layers.Dropout(DROPOUT)]
    stack += [layers.LSTM(units[-1]), layers.Dropout(DROPOUT), layers.Dense(dense, activation="relu"), layers.Dense(1)]
    model = keras.Sequential(stack)
    model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss="mean_squared_error")
    return Network(model)
