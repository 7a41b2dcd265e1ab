"""Checks of the rows that each fold trains on."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, complete_days
from backtrader_walkforward.audit.finding import Finding, first_difference
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory
from backtrader_walkforward.forecasting.folds import FoldTask

STAGE = "training rows"


def check_training_rows(run: AuditedRun, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare the input of each fold that starts by the date with its input from the perturbed history."""
    others = {task.fit_id: task for task in run.stages.tasks(history.prices["Close"], history.true_features)}
    for task in run.tasks:
        if run.days_of(task.fold)[0] <= history.date:
            yield _compare_input(run, task, others.get(task.fit_id), history)


def _compare_input(run: AuditedRun, task: FoldTask, other: FoldTask | None, history: PerturbedHistory) -> Finding:
    days = row_days(run, task)
    before = _input_of(task, days).loc[: history.date]
    date = days[0] if other is None else first_difference(before, _input_of(other, days))
    return Finding(STAGE, f"fold {task.fold}", before.size, history.failure if date is not None else "", date)


def _input_of(task: FoldTask, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Return the rows of a task with the target of the window that ends with each; `days` start with its first row.

    A shorter history has fewer rows.
    """
    rows = pd.DataFrame(task.rows[: len(days)], days[: len(task.rows)])
    return rows.join(_targets(task, rows.index))


def check_targets(run: AuditedRun) -> Iterator[Finding]:
    """Check that every target is known before the first test day of its fold, and is the return after its window.

    The dates do not come from the split under audit: the test days come from the forecasts, the days of the rows are
    counted back from the last test day, and the targets are computed here from the closes.
    """
    close = run.prices["Close"]
    next_close = close.shift(-1)
    expected = next_close if run.stages.settings.forecast.target == "price" else next_close / close - 1
    known_on = pd.Series(close.index[1:], close.index[:-1])
    for task in run.tasks:
        target = _targets(task, row_days(run, task))
        late = ~(known_on.reindex(target.index) < run.days_of(task.fold)[0])
        wrong = ~np.isclose(target, expected.reindex(target.index), rtol=1e-12, atol=1e-15)
        yield _finding(task, target, late.to_numpy(), "trains on a target that is known only on a test day")
        yield _finding(task, target, wrong, "trains on a target that does not follow its window")


def _finding(task: FoldTask, target: pd.Series, failed: np.ndarray, failure: str) -> Finding:
    date = target.index[int(failed.argmax())] if failed.any() else None
    return Finding(STAGE, f"fold {task.fold}", len(target), failure if failed.any() else "", date)


def row_days(run: AuditedRun, task: FoldTask) -> pd.DatetimeIndex:
    """Return the day of each row of a task of the run: the complete days up to the last test day of its fold."""
    days = complete_days(run.features)
    until = days[days <= run.days_of(task.fold)[-1]]
    return until[len(until) - len(task.rows) :]


def _targets(task: FoldTask, days: pd.Index) -> pd.Series:
    """Return the target of each training window by the last day of the window."""
    first = task.lookback - 1
    return pd.Series(task.target, days[first : first + len(task.target)], name="target")
