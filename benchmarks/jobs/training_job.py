"""The training to measure: the folds of the default run, a fixed number of epochs, no early stopping."""

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from arch.data import sp500
from backtrader_walkforward.predictors.lstm import LSTM
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from backtrader_walkforward.features import WARM_UP, compute_features
from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.keras_lstm.training import n_trained_on

USABLE_ROWS = 502
"""Days of about two years: 8 folds, the first with 291 training windows."""

BATCH_SIZE = 32
SGEMM_SIZE = 2048
SGEMM_TIMES = 10


def job(epochs: int) -> list[FoldTask]:
    """Return the folds of the last two years of the sample, each to be trained for exactly `epochs`."""
    prices = sp500.load()[["Open", "High", "Low", "Close", "Volume"]].astype(float).iloc[-USABLE_ROWS - WARM_UP :]
    predictor = LSTM(epochs=epochs, batch_size=BATCH_SIZE, min_epochs=epochs)
    return fold_tasks(prices, compute_features(prices), predictor, WalkForward())


def fold_arrays(task: FoldTask) -> list[np.ndarray]:
    """Return the inputs and outputs of a fold as the network sees them: training first, then validation."""
    inputs = inputs_of(task)
    outputs = StandardScaler().fit_transform(task.target.reshape(-1, 1)).astype(np.float32)
    n_train = n_trained_on(len(inputs))
    return [inputs[:n_train], outputs[:n_train], inputs[n_train:], outputs[n_train:]]


def inputs_of(task: FoldTask) -> np.ndarray:
    """Return the training windows as the predictor sees them."""
    return task.scale.inputs(task.training_rows, task.lookback)


def operations(task: FoldTask) -> float:
    """Return the floating-point operations of the matrix products in a fold's training.

    The search for the number of epochs trains on the earlier windows, then the fit on all. A product counts once for
    validation and three times for training, which needs the gradients of both factors. In the first layer it counts
    twice: its input needs no gradient.
    """
    size, products, first = task.rows.shape[1], 0, 0
    *both_ways, last = task.predictor.units
    for units in both_ways:
        products += 2 * (size + units) * 4 * units
        first = first or 2 * size * 4 * units
        size = 2 * units
    products += (size + last) * 4 * last
    n_windows = len(task.target)
    n_searched = n_trained_on(n_windows)
    each = 2 * task.lookback
    trained = (n_searched + n_windows) * (3 * products - first)
    return task.predictor.epochs * each * (trained + (n_windows - n_searched) * products)


class Time(NamedTuple):
    """Wall time, and processor time of all cores together, in seconds."""

    wall: float
    processor: float


NEVER = Time(np.inf, np.inf)


def fit(task: FoldTask) -> float:
    """Train one fold as the walk-forward does; return the processor time."""
    start = time.process_time()
    with threadpool_limits(limits=1):
        clone(task.predictor).fit(inputs_of(task), task.target)
    return time.process_time() - start


def sgemm(_: int = 0) -> float:
    """Return the processor time of `SGEMM_TIMES` large single-precision products on one thread."""
    factor = np.random.default_rng(0).random((SGEMM_SIZE, SGEMM_SIZE), dtype=np.float32)
    start = time.process_time()
    with threadpool_limits(limits=1):
        for _ in range(SGEMM_TIMES):
            factor @ factor
    return time.process_time() - start


def timed(run: Callable, function: Callable[[Any], float], tasks: Iterable[Any]) -> Time:
    """Return the time to call a function on every task; `run` is `map`, or that of an executor."""
    start = time.perf_counter()
    processor = sum(run(function, tasks))
    return Time(time.perf_counter() - start, processor)
