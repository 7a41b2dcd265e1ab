"""From prices and features to out-of-sample forecasts: the one loop over the folds."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from predictors.base import Predictor
from predictors.folds import FoldForecast, FoldTask, fit_and_forecast, fold_tasks, usable_rows
from predictors.store import ForecastStore
from predictors.targets import as_return
from predictors.walk_forward import WalkForward

OnFold = Callable[[FoldForecast, int], None]
"""Called as a fold ends, with what it left and the number of all folds: first the stored ones, then in any order."""


@dataclass(frozen=True)
class Forecasts:
    """Forecasts and how they were made."""

    table: pd.DataFrame
    """`predicted_return predicted_close fold`, by the date whose close each forecast was made at; out of sample only.

    The row of date t foresees the bar after t. The last row is for the next session.
    """
    train_sequences: int
    """Training windows of the first fold."""
    epochs: tuple[int, ...]
    """Passes over the training windows, fold by fold."""
    out_of_range: float
    """Share of the test rows' feature values outside the range that their fold was trained on."""
    stored: int
    """Folds that a store had; the others were fitted."""

    @property
    def test_sequences(self) -> int:
        """Number of forecasts."""
        return len(self.table)

    @property
    def folds(self) -> int:
        """Number of folds."""
        return len(self.epochs)


def forecast(
    close: pd.Series,
    features: pd.DataFrame,
    predictor: Predictor,
    walk_forward: WalkForward | None = None,
    executor: Executor | None = None,
    on_fold: OnFold | None = None,
    store: ForecastStore | None = None,
) -> Forecasts:
    """Forecast every test row from what was known at its close.

    With a store, only the folds that it lacks are fitted, and each is kept as soon as it ends.

    Parameters
    ----------
    close : Series (n_bars,)
    features : DataFrame (n_bars, 31)
        As of `compute_features`, with the index of `close`.
    predictor : Predictor
        A pattern: each fold fits a copy of it.
    walk_forward : WalkForward, optional
    executor : Executor, optional
        Where the folds run, `process_pool(workers)` for one; left out, here, one after the other. The forecasts are the
        same to the bit.
    on_fold : callable, optional
        Called with (FoldForecast, number of folds) as each fold ends.
    store : ForecastStore, optional
        Forecasts made before; its `notes` say what was wrong with it.

    Raises
    ------
    DataError
        If there are too few usable rows for `walk_forward`.
    """
    tasks = fold_tasks(close, features, predictor, walk_forward or WalkForward())
    ended: dict[int, FoldForecast] = {}
    n_stored = 0
    for wave in _waves(tasks, ended):
        stored = store.find(wave) if store else {}
        n_stored += len(stored)
        for made in chain(stored.values(), _fitted([t for t in wave if t.fold not in stored], executor, store)):
            ended[made.fold] = made
            if on_fold:
                on_fold(made, len(tasks))
    done = [ended[task.fold] for task in tasks]
    known = close[usable_rows(features)].iloc[-sum(len(fold.predicted) for fold in done) :]
    return Forecasts(
        table=_table(known, done, predictor.target),
        train_sequences=len(tasks[0].target),
        epochs=tuple(fold.epochs for fold in done),
        out_of_range=float(np.average([f.out_of_range for f in done], weights=[len(f.predicted) for f in done])),
        stored=n_stored,
    )


def _waves(tasks: list[FoldTask], ended: dict[int, FoldForecast]) -> Iterator[list[FoldTask]]:
    """Yield the folds fitted from scratch; then, once these have `ended`, those that begin with their weights."""
    yield [task for task in tasks if task.begins_with is None]
    yield [task.begun(ended[task.begins_with].weights) for task in tasks if task.begins_with is not None]


def _fitted(tasks: list[FoldTask], executor: Executor | None, store: ForecastStore | None) -> Iterator[FoldForecast]:
    """Fit the folds and keep each as it ends, in this process: the others know no store."""
    task_of = {task.fold: task for task in tasks}
    for made in map(fit_and_forecast, tasks) if executor is None else _fitted_in(executor, tasks):
        if store:
            store.save(task_of[made.fold], made)
        yield made


def _fitted_in(executor: Executor, tasks: list[FoldTask]) -> Iterator[FoldForecast]:
    futures = [executor.submit(fit_and_forecast, task) for task in tasks]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _table(close: pd.Series, done: list[FoldForecast], target: str) -> pd.DataFrame:
    predicted = as_return(np.concatenate([fold.predicted for fold in done]), close.to_numpy(dtype=float), target)
    columns = {
        "predicted_return": predicted,
        "predicted_close": close.to_numpy(dtype=float) * (1 + predicted),
        "fold": np.repeat([fold.fold for fold in done], [len(fold.predicted) for fold in done]),
    }
    return pd.DataFrame(columns, index=close.index)
