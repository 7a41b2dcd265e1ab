"""Out-of-sample forecasts from prices and features: the loop over the folds."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import chain
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.features import complete_rows
from backtrader_walkforward.forecasting.ensemble import as_members, mean_and_spread
from backtrader_walkforward.forecasting.fold_cache import find_folds, save_fold
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.folds import FitId, FoldForecast, FoldTask, fit_and_forecast
from backtrader_walkforward.forecasting.pooled.rows import History
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import WalkForward
from backtrader_walkforward.forecasting.windows import HORIZONS, as_return, next_return
from backtrader_walkforward.system.cache import Cache

MOST_BYTES = 2**30
"""Bytes of rows in the tasks of an executor, from which on the next one waits: those of 200 tickers have 70 MB each."""

OnFold = Callable[[FitId, int], None]
"""Function called as each fit ends, with its numbers and the number of all fits. Stored fits come first."""


@dataclass(frozen=True)
class Forecasts:
    """Forecasts, and how they were made."""

    table: pd.DataFrame
    """`predicted_return predicted_close fold training_mean`, by the date at whose close the forecast was made.

    All are out of sample. The row of date t forecasts the bar after t. The last row forecasts the next session.
    `training_mean` is the mean return that the fold was trained on. An ensemble adds `forecast_spread`
    (`mean_and_spread`).
    """
    train_sequences: tuple[int, int, int]
    """Shape of the first fold's training windows (n_train, lookback, n_features), those of peers among them.

    Of several members it is that of the member with the most.
    """
    epochs: tuple[int, ...]
    """Passes over the training windows, fold by fold, of all members together."""
    learning_curves: tuple[tuple[np.ndarray, ...], ...]
    """Errors of the training, fold by fold, one for each member (`Predictor.learning_curve_`)."""
    out_of_range: tuple[float, ...]
    """Share of the test rows' values outside the range of their fold's training rows, fold by fold.

    Of several members it is the largest of those that learn a range: one that needs raw inputs, as `naive`, does not.
    """
    stored: int
    """Number of fits that were found in the cache."""
    fits: int
    """Number of fits: one for each fold and member."""
    features: tuple[str, ...]
    """Names of the features."""
    tasks: tuple[FoldTask, ...]
    """The folds as they were fitted, earliest first, those of all members. A pooled forecast has none: its fits are
    those of all tickers.
    """


def forecast(
    prices: pd.DataFrame,
    features: pd.DataFrame,
    predictor: Predictor | Sequence[Predictor],
    walk_forward: WalkForward | None = None,
    executor: Executor | None = None,
    on_fold: OnFold | None = None,
    cache: Cache | None = None,
    *,
    inputs: str = "scale-free",
    peers: Sequence[History] = (),
) -> Forecasts:
    """Forecast every test row from the rows that were known at its close.

    With a cache, only the folds that it lacks are fitted, and each is stored as soon as it ends.

    Parameters
    ----------
    prices : DataFrame (n_bars, 5)
    features : DataFrame (n_bars, n_features)
        As of `compute_features`, with the index of `prices`.
    predictor : Predictor or sequence of Predictor
        Each fold fits a copy of it. Several are an ensemble: each is fitted and stored by itself, and the mean of
        their forecasts is taken.
    executor : Executor, optional
        Anything with the interface of `concurrent.futures.Executor`, such as `process_pool(workers)`. By default the
        folds are fitted here, one after the other. The forecasts are the same to the bit.
    on_fold : callable, optional
        `OnFold`: called as each fold of each member ends.
    cache : Cache, optional
        Forecasts of earlier runs. Its `notes` name its faults.
    inputs : {"scale-free", "raw"}
        What predictors see: `scale_free` features, scaled to 0..1 by the training rows and clipped, or the features.
    peers : sequence of History
        Other tickers, from whose windows each fit learns, too. Their features have the same columns. With raw inputs
        they have no part, since the price levels of two tickers have nothing in common.

    Raises
    ------
    DataError
        If there are too few complete rows for `walk_forward`.
    """
    walk_forward = walk_forward or WalkForward()
    tasks = fold_tasks(prices, features, predictor, walk_forward, inputs=inputs, peers=peers)
    fits = fit_folds(tasks, executor, on_fold, cache)
    members = as_members(predictor)
    training_mean = training_means(prices, features, walk_forward, members[0].target)
    n_tested = sum(len(task.test_windows) for task in tasks if task.member == 0)
    close = prices["Close"][complete_rows(features)].iloc[-n_tested:]
    return as_forecasts(fits, members, features.columns, close, training_mean)


class Fits(NamedTuple):
    """Folds, earliest first, with what their fits made of them."""

    tasks: list[FoldTask]
    made: dict[FitId, FoldForecast]
    stored: set[FitId]
    """Those that were found in the cache."""


def fit_folds(tasks: list[FoldTask], executor: Executor | None, on_fold: OnFold | None, cache: Cache | None) -> Fits:
    """Fit the folds that the cache lacks."""
    ended: dict[FitId, FoldForecast] = {}
    found: set[FitId] = set()
    for wave in _dependency_order(tasks, ended):
        stored = find_folds(cache, wave) if cache else {}
        found |= stored.keys()
        missing = [task for task in wave if task.fit_id not in stored]
        for fit_id, made in chain(stored.items(), _fitted(missing, executor, cache)):
            ended[fit_id] = made
            if on_fold:
                on_fold(fit_id, len(tasks))
    return Fits(tasks, ended, found)


def as_forecasts(
    fits: Fits, members: Sequence[Predictor], features: Iterable[str], close: pd.Series, training_mean: Sequence[float]
) -> Forecasts:
    """Return the forecasts of one ticker.

    Parameters
    ----------
    fits : Fits
        Folds of this ticker.
    members : sequence of Predictor
    features : iterable of str
        Their names.
    close : Series
        Closes of all test rows.
    training_mean : sequence of float
        Mean return that each fold is trained on.
    """
    by_member = [[fits.made[task.fit_id] for task in fits.tasks if task.member == n] for n in range(len(members))]
    by_fold = list(zip(*by_member, strict=True))
    first = [task for task in fits.tasks if task.member == 0]
    sizes = [len(fold.predicted) for fold in by_member[0]]
    known = {"fold": np.repeat([task.fold for task in first], sizes), "training_mean": np.repeat(training_mean, sizes)}
    return Forecasts(
        table=_table(close, known, by_member, members),
        train_sequences=max(task.training_shape for task in fits.tasks if task.fold == first[0].fold),
        epochs=tuple(sum(made.epochs for made in fold) for fold in by_fold),
        learning_curves=tuple(tuple(made.learning_curve for made in fold) for fold in by_fold),
        out_of_range=tuple(_out_of_range([one for one in fits.tasks if one.fold == task.fold]) for task in first),
        stored=len(fits.stored),
        fits=len(fits.tasks),
        features=tuple(map(str, features)),
        tasks=tuple(as_fitted(task, fits.made) for task in fits.tasks),
    )


def _out_of_range(members: Sequence[FoldTask]) -> float:
    """Return the share of a fold's inputs outside the training range, of all its members."""
    learning = [task for task in members if not task.predictor.needs_raw_inputs]
    return max(task.out_of_range for task in learning or members)


def training_means(
    prices: pd.DataFrame, features: pd.DataFrame, walk_forward: WalkForward, target: str = "return"
) -> list[float]:
    """Return the mean return that each fold is trained on; of a predictor of prices, that of their returns.

    All of it is known at the close before the fold's first test row.
    """
    returns = next_return(prices, target)[complete_rows(features)]
    splits = walk_forward.on(pd.DatetimeIndex(returns.index)).split(len(returns), HORIZONS[target])
    return [float(np.mean(returns.to_numpy()[train])) for train, _ in splits]


def _dependency_order(tasks: list[FoldTask], ended: dict[FitId, FoldForecast]) -> Iterator[list[FoldTask]]:
    """Yield the folds with random weights; then, once these have `ended`, those that start from their weights."""
    yield [task for task in tasks if task.warm_start_from is None]
    yield [as_fitted(task, ended) for task in tasks if task.warm_start_from is not None]


def as_fitted(task: FoldTask, ended: Mapping[FitId, FoldForecast]) -> FoldTask:
    """Return the task with its initial weights, those of a fold that has `ended`, if it starts from any."""
    first = task.warm_start_from
    return task if first is None else task.started_from(ended[task.member, first].weights)


def _fitted(
    tasks: list[FoldTask], executor: Executor | None, cache: Cache | None
) -> Iterator[tuple[FitId, FoldForecast]]:
    """Fit the folds and store each as it ends; only this process uses the cache."""
    ended = zip(tasks, map(fit_and_forecast, tasks), strict=True) if executor is None else _fitted_in(executor, tasks)
    for task, made in ended:
        if cache:
            save_fold(cache, task, made)
        yield task.fit_id, made


def _fitted_in(executor: Executor, tasks: list[FoldTask]) -> Iterator[tuple[FoldTask, FoldForecast]]:
    """Yield each task as it ends. The longest begin first, which keeps all processes busy."""
    waiting = deque(sorted(tasks, key=lambda task: task.n_bytes, reverse=True))
    at_work: dict[Future[FoldForecast], FoldTask] = {}
    ended: SimpleQueue[Future[FoldForecast]] = SimpleQueue()
    n_bytes = 0
    try:
        while waiting or at_work:
            while waiting and n_bytes < MOST_BYTES:
                future = executor.submit(fit_and_forecast, task := waiting.popleft())
                at_work[future] = task
                n_bytes += task.n_bytes
                future.add_done_callback(ended.put)
            done = ended.get()
            n_bytes -= (task := at_work.pop(done)).n_bytes
            yield task, done.result()
    finally:
        for future in at_work:
            future.cancel()


def _table(
    close: pd.Series,
    by_fold: dict[str, np.ndarray],
    by_member: list[list[FoldForecast]],
    members: Sequence[Predictor],
) -> pd.DataFrame:
    """Return `Forecasts.table` from the closes of its rows, what is known of their folds, and the members' forecasts.

    All are in the order of time.
    """
    closes = close.to_numpy(dtype=float)
    returns = [
        as_return(np.concatenate([fold.predicted for fold in done]), closes, member.target)
        for member, done in zip(members, by_member, strict=True)
    ]
    predicted, spread = mean_and_spread(returns, kinds=[type(member) for member in members])
    columns = {"predicted_return": predicted, "predicted_close": closes * (1 + predicted)} | by_fold
    columns |= {"forecast_spread": spread} if len(members) > 1 else {}
    return pd.DataFrame(columns, index=close.index)
