"""Pooled forecasts: the walk-forward of many tickers with one fit a fold."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.forecasting.ensemble import as_members
from backtrader_walkforward.forecasting.fits import Fits, OnFold, fit_folds
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.forecasts import Forecasts, as_forecasts
from backtrader_walkforward.forecasting.pooled.folds import CompleteRows, models_of, pooled_tasks
from backtrader_walkforward.forecasting.pooled.rows import History
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import MIN_TRAIN_WINDOWS, WalkForward
from backtrader_walkforward.system.cache import Cache


def forecast_pooled(
    histories: Iterable[History],
    predictor: Predictor | Sequence[Predictor],
    walk_forward: WalkForward | None = None,
    executor: Executor | None = None,
    on_fold: OnFold | None = None,
    cache: Cache | None = None,
    *,
    inputs: str = "scale-free",
) -> dict[str, Forecasts]:
    """Forecast every ticker by fits that learn from all of them: one a fold for each member.

    The folds are cut on the union of the complete days of all tickers. Each fit learns from the windows of every ticker
    that ends by that day, and forecasts each from its own inputs, in units of its own target. A ticker joins in the
    first fold in which it has `MIN_TRAIN_WINDOWS`, and is forecast until its last day. A panel of one ticker is
    forecast as by `forecast`, to the bit. The order of the tickers changes nothing.

    Parameters
    ----------
    histories : iterable of History
        Tickers with features of the same names; they may have other days, first days and last days. Of each only the
        complete rows are kept, so a generator needs half the memory of a list.
    predictor : Predictor or sequence of Predictor
        As of `forecast`. A member that needs raw inputs is fitted on each ticker alone, on the same dates.
    walk_forward : WalkForward, optional
        Its rows are the days of the union.
    executor, on_fold, cache : optional
        As of `forecast`. A task holds the rows of all tickers, each once.
    inputs : {"scale-free"}

    Returns
    -------
    dict of Forecasts by ticker
        In sorted order, on the ticker's own days. The fold numbers are those of the panel; `stored` and `fits` count
        the fits that forecast the ticker. A ticker without enough history has no entry.

    Raises
    ------
    ArgumentError
        If the inputs or the target are raw prices.
    DataError
        If there are too few days for `walk_forward`, or no ticker has enough of its own.
    """
    members, walk_forward = as_members(predictor), walk_forward or WalkForward()
    require_scale_free(members, inputs)
    targets = {member.target for member in members}
    tickers = sorted((CompleteRows.of(history, targets) for history in histories), key=lambda one: one.ticker)
    days = np.unique(np.concatenate([ticker.days for ticker in tickers]))
    models = models_of(members, tickers)
    if not (tasks := pooled_tasks(models, days, walk_forward)):
        raise DataError(
            f"Too few days to learn from: no ticker has {MIN_TRAIN_WINDOWS} windows of {walk_forward.lookback} before"
            f" days to forecast; the longest has {max(len(ticker.days) for ticker in tickers)} days with all"
            " features - ask for a longer --period or a shorter --lookback"
        )
    fits = fit_folds(tasks, executor, on_fold, cache)
    alone = fits_by_ticker(fits, [model.member for model in models])
    return {one.ticker: _forecasts_of(one, alone[one.ticker], members) for one in tickers if one.ticker in alone}


def require_scale_free(members: Sequence[Predictor], inputs: str) -> None:
    """Raise if members would learn from raw prices of several tickers."""
    raw = "--target price" if any(member.target == "price" for member in members) else "--inputs raw"
    if inputs == "raw" or raw == "--target price":
        raise ArgumentError(
            f"--model pooled needs scale-free inputs and returns, not {raw}: raw prices of two tickers have nothing in"
            f" common - leave {raw} out, or take --model own"
        )


def fits_by_ticker(fits: Fits, members: Sequence[int]) -> dict[str, Fits]:
    """Return the fits of each ticker alone, with its own part of their forecasts.

    Parameters
    ----------
    fits : Fits
    members : sequence of int
        Number of the member that each model of the tasks is.
    """
    found: dict[str, Fits] = {}
    for task in fits.tasks:
        made, sizes = fits.made[task.fit_id], [len(windows) for _, windows in task.tests]
        parts = np.split(made.predicted, np.cumsum(sizes)[:-1])
        for (part, _), predicted in zip(task.tests, parts, strict=True):
            own = replace(task.alone(part), member=members[task.member], handover=None)
            ticker = found.setdefault(part.ticker, Fits([], {}, set()))
            ticker.tasks.append(own)
            ticker.made[own.fit_id] = replace(made, predicted=predicted)
            if task.fit_id in fits.stored:
                ticker.stored.add(own.fit_id)
    return found


def _forecasts_of(ticker: CompleteRows, fits: Fits, members: Sequence[Predictor]) -> Forecasts:
    """Return the forecasts of one ticker on its own days."""
    first = [task for task in fits.tasks if task.member == 0]
    close = ticker.close.iloc[np.concatenate([_test_rows(task, ticker.days) for task in first])]
    training_mean = [float(np.mean(task.target)) for task in first]
    made = as_forecasts(fits, members, ticker.features, close, training_mean)
    return replace(made, tasks=())


def _test_rows(task: FoldTask, days: np.ndarray) -> np.ndarray:
    """Return the places of the test rows among all complete days: `horizon` after the last training row."""
    first = int(np.searchsorted(days, task.days[-1])) + 1 + task.horizon
    return np.arange(first, first + len(task.test_windows))
