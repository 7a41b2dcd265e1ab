"""The training of the network: the number of epochs that the latest windows prefer, then as many on all windows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from backtrader_walkforward.forecasting.keras_lstm.network import LEARNING_RATE, Network

VALIDATION_SHARE = 0.25
"""Share of the training windows, the latest, whose error decides how many epochs are best."""

SMALLEST_BATCH, LARGEST_BATCH, STEPS = 32, 128, 64
"""Bounds of the windows in a training step, and the number of steps in an epoch between them."""


def batch_size_for(n_windows: int) -> int:
    """Return the windows in a training step, a power of 2: a short history still takes enough steps.

    >>> [batch_size_for(count) for count in (100, 1260, 5000, 25_000)]
    [32, 32, 64, 128]
    """
    return min(max(2 ** int(np.log2(max(1, n_windows / STEPS))), SMALLEST_BATCH), LARGEST_BATCH)


@dataclass
class Search:
    """The search for the best number of epochs."""

    patience: int
    """Epochs without a better validation error after which the search ends. Half as many halve the learning rate."""
    best: int
    """Number of the best epoch so far; 0 stands for the initial weights. It begins as the fewest epochs to choose."""
    least: float = np.inf
    """Validation error of the best epoch."""
    learning_rate: float = LEARNING_RATE
    """Learning rate of the next epoch."""
    learning_rates: list[float] = field(default_factory=list)
    """Learning rate of each epoch."""
    errors: list[tuple[float, float]] = field(default_factory=list)
    """Mean squared error of each epoch: on the windows that it trained on, and on the validation windows."""

    @property
    def is_over(self) -> bool:
        """Whether no further epoch is tried."""
        return len(self.errors) - self.best >= self.patience

    def add(self, training: float, validation: float) -> None:
        """Take the errors of the next epoch. No epoch before the first `best` is chosen."""
        self.learning_rates.append(self.learning_rate)
        self.errors.append((training, validation))
        since = len(self.errors) - self.best
        if since >= 0 and validation < self.least:
            self.best, self.least = len(self.errors), validation
        elif since > 0 and since % max(1, self.patience // 2) == 0:
            self.learning_rate /= 2


def search_epochs(
    net: Network,
    inputs: np.ndarray,
    outputs: np.ndarray,
    *,
    epochs: int,
    min_epochs: int,
    batch_size: int,
    patience: int,
    seed: int,
) -> Search:
    """Train on the earlier windows, and find the number of epochs with the smallest error on the latest.

    ::

        windows   |--- train: shuffled, from `seed` ---|- validation -|        time ->
                  0                                   75 %          100 %

    No number below `min_epochs` is chosen; with 0, the initial weights may be the best.
    """
    n_train = n_trained_on(len(inputs))
    generator = np.random.default_rng(seed)
    search = Search(patience, min(min_epochs, epochs))
    if min_epochs == 0:
        search.least = net.error(inputs[n_train:], outputs[n_train:])
    while len(search.errors) < epochs and not search.is_over:
        error = _train_epoch(net, inputs[:n_train], outputs[:n_train], batch_size, search.learning_rate, generator)
        search.add(error, net.error(inputs[n_train:], outputs[n_train:]))
    return search


def train(
    net: Network,
    inputs: np.ndarray,
    outputs: np.ndarray,
    *,
    learning_rates: Sequence[float],
    batch_size: int,
    seed: int,
) -> list[float]:
    """Train on all windows, an epoch with each learning rate; return the mean squared error of each."""
    generator = np.random.default_rng(seed)
    return [_train_epoch(net, inputs, outputs, batch_size, rate, generator) for rate in learning_rates]


def n_trained_on(n_windows: int) -> int:
    """Return the number of windows, the earliest, that the search trains on.

    >>> n_trained_on(20), n_trained_on(1_260)
    (15, 945)
    """
    return n_windows - max(1, int(VALIDATION_SHARE * n_windows))


def _train_epoch(
    net: Network,
    inputs: np.ndarray,
    outputs: np.ndarray,
    batch_size: int,
    learning_rate: float,
    generator: np.random.Generator,
) -> float:
    """Take one step for each batch of shuffled windows; return the mean squared error before each step."""
    net.model.optimizer.learning_rate.assign(learning_rate)
    order = generator.permutation(len(inputs))
    batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    errors = [net.step(inputs[rows], outputs[rows]) for rows in batches]
    return float(np.average([error.numpy() for error in errors], weights=[len(rows) for rows in batches]))
