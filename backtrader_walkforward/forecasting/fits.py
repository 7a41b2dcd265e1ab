"""The fits of a walk-forward: those in the cache, and the others, made here or by an executor."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from itertools import chain
from queue import SimpleQueue
from typing import NamedTuple

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.forecasting.fold_cache import find_folds, save_fold
from backtrader_walkforward.forecasting.folds import FitId, FoldForecast, FoldTask, fit_and_forecast
from backtrader_walkforward.system.cache import Cache

MOST_BYTES = 2**30
"""Bytes of rows in the tasks of an executor, from which on the next one waits: those of 200 tickers have 70 MB each."""

OnFold = Callable[[FitId, int], None]
"""Function called as each fit ends, with its numbers and the number of all fits. Stored fits come first."""


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


def _dependency_order(tasks: list[FoldTask], ended: dict[FitId, FoldForecast]) -> Iterator[list[FoldTask]]:
    """Yield the folds that take over nothing; then, once these have `ended`, those that take over from them."""
    yield [task for task in tasks if task.follows is None]
    yield [with_handed_over(task, ended) for task in tasks if task.follows is not None]


def with_handed_over(task: FoldTask, ended: Mapping[FitId, FoldForecast]) -> FoldTask:
    """Return the task with what it takes over from a fold that has `ended`, if anything.

    Raises
    ------
    ArgumentError
        If that fold is not made: the walk-forward begins after it.
    """
    if task.follows is None:
        return task
    first = task.follows
    if (earlier := ended.get((task.member, first))) is None:
        raise ArgumentError(
            f"first_fold must be {first} or less: fold {task.fold} takes over from the fit of fold {first}"
        )
    return task.following(earlier.handed_over)


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
