"""The network in Keras: built once, and reset before each fit."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

BATCH = 32
"""Windows whose outputs are computed at once."""

LEARNING_RATE = 2e-3
DROPOUT = 0.2

WEIGHT_DECAY = 0.3
"""Share of each weight that a step takes away, in units of the learning rate."""

OPEN = 0.5
"""Initial bias of the dense layer: around 0 half of its rectified units would pass nothing, and some would never."""


@cache
def load_keras() -> ModuleType:
    """Import Keras on TensorFlow without its start-up messages; this takes 4 to 10 s the first time.

    Each operation runs on one thread: a product on four threads is summed in another order than on one. Independent
    operations, such as the two directions of a layer, still run side by side.

    On a GPU each process takes the memory that it needs: by default the first takes all, and the next worker fails.
    The operations there are the deterministic ones: by default two fits of the same data differ.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
    os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with _silent_stderr():
        import keras
        import tensorflow as tf

        if tf.config.list_physical_devices("GPU"):
            tf.config.experimental.enable_op_determinism()
    return keras


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Discard standard error: TensorFlow's libraries write to it before they read a log level."""
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
    """A compiled model that can be reset, trained and run. Each function is traced once for all batch sizes.

    A new model for each fold would leave 20 MB behind each time. This one keeps the initial values of all its
    variables: weights, optimizer, learning rate, seeds.

    Keras's own `fit` takes a sixth longer, for data sets, callbacks and metrics of each batch.
    """

    def __init__(self, model: Any) -> None:
        import tensorflow as tf

        self.model = model
        model.optimizer.build(model.trainable_variables)
        self.variables = [*model.variables, *model.optimizer.variables]
        self.initial_values = [variable.numpy() for variable in self.variables]
        shapes = [tf.TensorSpec(model.input_shape), tf.TensorSpec(model.output_shape)]
        self.step = tf.function(self._descend, input_signature=shapes)
        self._outputs = tf.function(model, input_signature=shapes[:1])

    def reset(self, seed: int) -> None:
        """Set every variable to its value in a new model whose weights and dropout are drawn from `seed`."""
        keras = load_keras()
        draw = {"kernel": keras.initializers.GlorotUniform, "recurrent_kernel": keras.initializers.Orthogonal}
        seeds = np.random.SeedSequence(seed).generate_state(len(self.variables)) >> 1
        for variable, value, own_seed in zip(self.variables, self.initial_values, seeds.tolist(), strict=True):
            if variable.name in draw:
                value = draw[variable.name](seed=own_seed)(variable.shape)
            elif variable.name == "seed_generator_state":
                value = np.array([own_seed, 0])
            variable.assign(value)

    def outputs(self, inputs: np.ndarray) -> np.ndarray:
        """Return the outputs, (n, 1), computed batch by batch; the last batch may be smaller."""
        batches = [inputs[start : start + BATCH] for start in range(0, len(inputs), BATCH)]
        return np.concatenate([self._outputs(batch).numpy() for batch in batches])

    def error(self, inputs: np.ndarray, outputs: np.ndarray) -> float:
        """Return the mean squared error of the outputs."""
        return float(np.mean(np.square(self.outputs(inputs) - outputs)))

    def _descend(self, inputs: Any, outputs: Any) -> Any:
        """Take one step of the optimizer against the mean squared error of a batch; return the error before it."""
        import tensorflow as tf

        weights = [variable.value for variable in self.model.trainable_variables]
        with tf.GradientTape() as tape:
            error = tf.reduce_mean(tf.square(self.model(inputs, training=True) - outputs))
        self.model.optimizer.apply(tape.gradient(error, weights))
        return error


def lstm_layer() -> Any:
    """Return Keras's own LSTM layer on a GPU, where cuDNN runs it, and the fused one elsewhere."""
    keras = load_keras()
    import tensorflow as tf

    from backtrader_walkforward.forecasting.keras_lstm.fused_layer import LSTM

    return keras.layers.LSTM if tf.config.list_physical_devices("GPU") else LSTM


@cache
def network(lookback: int, n_features: int, units: tuple[int, ...], dense: int) -> Network:
    """Return the network of this shape; a process has one of each shape.

    ::

        (lookback, n_features) - Bidirectional LSTM - Dropout - ... - LSTM - Dropout - Dense relu - Dense 1

    It takes inputs in 0..1 and centres them itself, to -1..1. Every recurrent layer but the last runs in both
    directions and returns the whole sequence.
    """
    keras = load_keras()
    layers, lstm = keras.layers, lstm_layer()
    stack = [keras.Input((lookback, n_features)), layers.Rescaling(2, -1)]
    for size in units[:-1]:
        stack += [layers.Bidirectional(lstm(size, return_sequences=True)), layers.Dropout(DROPOUT)]
    rectified = layers.Dense(dense, activation="relu", bias_initializer=keras.initializers.Constant(OPEN))
    stack += [lstm(units[-1]), layers.Dropout(DROPOUT), rectified, layers.Dense(1)]
    model = keras.Sequential(stack)
    model.compile(keras.optimizers.Adam(LEARNING_RATE, weight_decay=WEIGHT_DECAY), loss="mean_squared_error")
    return Network(model)
