"""Checks of the forecasts: folds are fitted again in clean rooms, which are given the rows of the test one by one."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure, answers_of
from backtrader_walkforward.audit.finding import Finding, compare
from backtrader_walkforward.forecasting import Predictor
from backtrader_walkforward.forecasting.ensemble import mean_and_spread
from backtrader_walkforward.forecasting.fold_cache import find_folds
from backtrader_walkforward.forecasting.folds import FoldTask, fit_and_forecast
from backtrader_walkforward.forecasting.windows import as_return
from backtrader_walkforward.system.cache import Cache

STAGE = "predictor"

UNSEEDED = "forecasts differently each time: seed it"

FORECASTS = ["predicted_return", "forecast_spread"]
"""Columns that are compared; only an ensemble has the second."""

Day = tuple[Sequence[FoldTask], np.ndarray, int]
"""What is known on a test day: the tasks of all members with the rows up to it, the closes of its fold, and how many
days of the fold are later."""


def folds_fitted_again(run: AuditedRun, dates: Iterable[pd.Timestamp]) -> list[int]:
    """Return the folds that are fitted again: those of the dates, and all if a fit takes no epochs."""
    folds = run.table["fold"]
    return sorted(set(folds if run.has_cheap_fits else folds.loc[list(dates)]))


def forecast_rooms(run: AuditedRun, dates: Iterable[pd.Timestamp]) -> list[CleanRoom]:
    """Compare the forecasts of each day with those of a process that gets its row after the forecast of the day before.

    Each fold has a process of its own. All folds share one if a fit takes no epochs, the earliest first.
    """
    folds = folds_fitted_again(run, dates)
    groups = [folds] if run.has_cheap_fits else [[fold] for fold in folds]
    return [_room(run, group) for group in groups]


def _room(run: AuditedRun, folds: Sequence[int]) -> CleanRoom:
    name = run.stages.settings.forecast.predictor
    days = pd.DatetimeIndex(run.table.index[run.table["fold"].isin(folds)])

    def check(answer: list[tuple[float, float]] | Failure) -> Iterator[Finding]:
        if isinstance(answer, Failure):
            yield Finding(STAGE, name, 0, f"fails in a process without later rows: {answer.reason}")
        else:
            made = pd.DataFrame(answer, days, FORECASTS)
            before = run.table.filter(items=FORECASTS).loc[days]
            found = compare(STAGE, name, before, made[before.columns], "differs in a process without later rows")
            seeded = not found.failure or answers_of([_room(run, folds)], 1) == [answer]
            yield found if seeded else Finding(STAGE, name, 0, reason=UNSEEDED)

    return CleanRoom(forecast_day_by_day, (day for fold in folds for day in days_of_fold(run, fold)), (), check)


def days_of_fold(run: AuditedRun, fold: int) -> Iterator[Day]:
    """Yield what is known on each test day of a fold."""
    tasks = [with_what_the_run_handed_over(task, run.tasks, run.cache) for task in run.tasks if task.fold == fold]
    days = run.days_of(fold)
    closes = run.prices["Close"].loc[days].to_numpy(dtype=float)
    for known in range(1, len(days) + 1):
        later = len(days) - known
        parts = [replace(task, rows=task.rows[: len(task.rows) - later].copy()) for task in tasks]
        yield parts, closes[:known].copy(), later


def with_what_the_run_handed_over(task: FoldTask, tasks: Iterable[FoldTask], cache: Cache) -> FoldTask:
    """Return the task with what its fit takes over: what is stored of the earlier fit, or that fit made again."""
    if task.follows is None:
        return task
    first = next(one for one in tasks if one.fit_id == (task.member, task.follows))
    made = find_folds(cache, [first]).get(first.fit_id) or fit_and_forecast(first)
    return task.following(made.handed_over)


def forecast_day_by_day(days: Iterator[Day]) -> list[tuple[float, float]]:
    """Return the predicted return and the spread of each day; the members are fitted as a fold begins."""
    fitted: dict[tuple[int, int], Predictor] = {}
    made = []
    with threadpool_limits(limits=1):
        for tasks, closes, later in days:
            fitted |= {task.fit_id: _fitted(task) for task in tasks if task.fit_id not in fitted}
            made.append(latest_forecast(tasks, [fitted[task.fit_id] for task in tasks], closes, later))
    return made


def _fitted(task: FoldTask) -> Predictor:
    """Fit on the training rows alone: a window is a view of memory, and no later row lies behind it."""
    return replace(task, rows=task.training_rows.copy()).fit()


def latest_forecast(
    tasks: Collection[FoldTask], fitted: Iterable[Predictor], closes: np.ndarray, later: int
) -> tuple[float, float]:
    """Return the mean and the spread of the members' forecasts of the last row.

    Copies of it stand in for the `later` ones, which are not known here: a product of matrices rounds a row differently
    where there are fewer of them.
    """
    returns = []
    for task, one in zip(tasks, fitted, strict=True):
        rows, known = (np.append(table, np.repeat(table[-1:], later, axis=0), axis=0) for table in (task.rows, closes))
        predicted = replace(task, rows=rows).predict(one)
        returns.append(as_return(predicted, known, one.target))
    mean, spread = mean_and_spread(returns, kinds=[type(task.predictor) for task in tasks])
    today = len(closes) - 1
    return float(mean[today]), float(spread[today])
