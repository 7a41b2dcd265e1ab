"""From prices and features to out-of-sample forecasts: the one loop over the folds."""

from collections.abc import Callable
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

import numpy as np
import pandas as pd

from predictors.base import Predictor
from predictors.folds import FoldForecast, FoldTask, fit_and_forecast, fold_tasks, usable_rows
from predictors.targets import as_return
from predictors.walk_forward import WalkForward

OnFold = Callable[[FoldForecast, int], None]
"""Called as a fold ends, with what it left and the number of all folds. Folds may end in any order."""


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

    @property
    def test_sequences(self) -> int:
        """Number of forecasts."""
        return len(self.table)

    @property
    def folds(self) -> int:
        """Number of fits."""
        return len(self.epochs)


def forecast(
    close: pd.Series,
    features: pd.DataFrame,
    predictor: Predictor,
    walk_forward: WalkForward | None = None,
    executor: Executor | None = None,
    on_fold: OnFold | None = None,
) -> Forecasts:
    """Forecast every test row from what was known at its close.

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

    Raises
    ------
    DataError
        If there are too few usable rows for `walk_forward`.
    """
    tasks = fold_tasks(close, features, predictor, walk_forward or WalkForward())
    done = _run_here(tasks, on_fold) if executor is None else _run_in(executor, tasks, on_fold)
    known = close[usable_rows(features)].iloc[-sum(len(fold.predicted) for fold in done) :]
    return Forecasts(
        table=_table(known, done, predictor.target),
        train_sequences=len(tasks[0].target),
        epochs=tuple(fold.epochs for fold in done),
        out_of_range=float(np.average([f.out_of_range for f in done], weights=[len(f.predicted) for f in done])),
    )


def _run_here(tasks: list[FoldTask], on_fold: OnFold | None) -> list[FoldForecast]:
    done = []
    for task in tasks:
        done.append(fit_and_forecast(task))
        if on_fold:
            on_fold(done[-1], len(tasks))
    return done


def _run_in(executor: Executor, tasks: list[FoldTask], on_fold: OnFold | None) -> list[FoldForecast]:
    futures = [executor.submit(fit_and_forecast, task) for task in tasks]
    try:
        for future in as_completed(futures):
            result = future.result()
            if on_fold:
                on_fold(result, len(tasks))
    finally:
        for future in futures:
            future.cancel()
    return [future.result() for future in futures]


def _table(close: pd.Series, done: list[FoldForecast], target: str) -> pd.DataFrame:
    predicted = as_return(np.concatenate([fold.predicted for fold in done]), close.to_numpy(dtype=float), target)
    columns = {
        "predicted_return": predicted,
        "predicted_close": close.to_numpy(dtype=float) * (1 + predicted),
        "fold": np.repeat([fold.fold for fold in done], [len(fold.predicted) for fold in done]),
    }
    return pd.DataFrame(columns, index=close.index)
