"""What is checked of the rows that each fold trains on."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, complete_days
from backtrader_walkforward.audit.finding import Finding, first_difference
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory
from backtrader_walkforward.forecasting.folds import FoldTask

STAGE = "training rows"


def check_training_rows(run: AuditedRun, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare what each fold that has begun by the date is given with what the other history gives it."""
    others = {task.fit_id: task for task in run.stages.tasks(history.prices["Close"], history.true_features)}
    for task in run.tasks:
        if run.days_of(task.fold)[0] <= history.date:
            yield _same_rows(run, task, others.get(task.fit_id), history)


def _same_rows(run: AuditedRun, task: FoldTask, other: FoldTask | None, history: PerturbedHistory) -> Finding:
    days = row_days(run, task)
    given = _given(task, days).loc[: history.date]
    date = days[0] if other is None else first_difference(given, _given(other, days))
    return Finding(STAGE, f"fold {task.fold}", given.size, history.failure if date is not None else "", date)


def _given(task: FoldTask, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Return the rows of a task and, beside the last of each training window, its target; `days` begin where it does.

    With less of a future there are fewer rows.
    """
    rows = pd.DataFrame(task.rows[: len(days)], days[: len(task.rows)])
    return rows.join(_targets(task, rows.index))


def check_targets(run: AuditedRun) -> Iterator[Finding]:
    """Check by dates that every target was known before its fold's first test day, and is what followed its window.

    Nothing of the split is asked: the test days come from the forecasts, the days of the rows from the last test day
    backwards, and that they are the right ones shows in the targets, computed here from the closes.
    """
    close = run.prices["Close"]
    next_close = close.shift(-1)
    expected = next_close if run.stages.settings.forecast.target == "price" else next_close / close - 1
    known_on = pd.Series(close.index[1:], close.index[:-1])
    for task in run.tasks:
        target = _targets(task, row_days(run, task))
        late = ~(known_on.reindex(target.index) < run.days_of(task.fold)[0])
        wrong = ~np.isclose(target, expected.reindex(target.index), rtol=1e-12, atol=1e-15)
        yield _on_first(task, late.to_numpy(), target, "trains on a target that is known only on a test day")
        yield _on_first(task, wrong, target, "trains on a target that is not what followed the window")


def _on_first(task: FoldTask, bad: np.ndarray, target: pd.Series, failure: str) -> Finding:
    date = target.index[int(bad.argmax())] if bad.any() else None
    return Finding(STAGE, f"fold {task.fold}", len(target), failure if bad.any() else "", date)


def row_days(run: AuditedRun, task: FoldTask) -> pd.DatetimeIndex:
    """Return the day of each row of the whole run's `task`: the usable days up to the last test day of its fold."""
    days = complete_days(run.features)
    until = days[days <= run.days_of(task.fold)[-1]]
    return until[len(until) - len(task.rows) :]


def _targets(task: FoldTask, days: pd.Index) -> pd.Series:
    """Return the target of each training window by the last day of the window."""
    first = task.lookback - 1
    return pd.Series(task.target, days[first : first + len(task.target)], name="target")
