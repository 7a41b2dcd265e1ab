"""Checks of the features, of the rows that each fold trains on, and of the forecasts.

Each stage gets the true past from the stage before it, so that a failure is found where it is made.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.finding import Finding, compare
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory
from backtrader_walkforward.features import complete_days
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.system.cache import Cache

TRAINING_ROWS = "training rows"

FORECASTS = ["predicted_return", "forecast_spread"]
"""Columns that are compared; only an ensemble has the second."""

MOST_DAYS = 600
"""Most days whose features are computed from a history that ends on that day; drawn at random from a longer history."""


def check_features_day_by_day(run: AuditedRun) -> Iterator[Finding]:
    """Compare each day's features with those of a history that ends on that day.

    A few dates are not enough: a back-fill shows only on days with a missing value.
    """
    days = np.arange(len(run.prices))
    if len(days) > MOST_DAYS:
        days = np.sort(np.random.default_rng(run.stages.settings.forecast.seed).choice(days, MOST_DAYS, replace=False))
    known = pd.concat([run.stages.features(run.prices.iloc[: day + 1]).iloc[-1:] for day in days])
    yield from compare_columns("feature", run.features.iloc[days], known, "differs when the history ends on that day")


def compare_columns(stage: str, before: pd.DataFrame, after: pd.DataFrame, failure: str) -> Iterator[Finding]:
    """Compare two tables, a finding for each column of the first; a column that the second lacks is NaN there."""
    others = after.reindex(columns=before.columns)
    return (compare(stage, str(name), before[name], others[name], failure) for name in before)


def check_training_rows(run: AuditedRun, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare the input of each fold that starts by the date with its input from the perturbed history."""
    others = {task.fit_id: task for task in run.stages.tasks(history.prices["Close"], history.true_features)}
    for task in run.tasks:
        if run.days_of(task.fold)[0] <= history.date:
            days = row_days(run, task)
            before = _input_of(task, days).loc[: history.date]
            after = _input_of(others[task.fit_id], days) if task.fit_id in others else before.iloc[:0]
            found = compare(TRAINING_ROWS, f"fold {task.fold}", before, after, history.failure)
            yield replace(found, compared=before.size)


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
        late = ~(known_on.reindex(target.index) < run.days_of(task.fold)[0]).to_numpy()
        wrong = ~np.isclose(target, expected.reindex(target.index), rtol=1e-12, atol=1e-15)
        for failed, which in ((late, "is known only on a test day"), (wrong, "does not follow its window")):
            failure = f"trains on a target that {which}" if failed.any() else ""
            date = target.index[int(failed.argmax())] if failure else None
            yield Finding(TRAINING_ROWS, f"fold {task.fold}", len(target), failure, date)


def row_days(run: AuditedRun, task: FoldTask) -> pd.DatetimeIndex:
    """Return the day of each row of a task of the run: the complete days up to the last test day of its fold."""
    days = complete_days(run.features)
    until = days[days <= run.days_of(task.fold)[-1]]
    return until[len(until) - len(task.rows) :]


def _targets(task: FoldTask, days: pd.Index) -> pd.Series:
    """Return the target of each training window by the last day of the window."""
    first = task.lookback - 1
    return pd.Series(task.target, days[first : first + len(task.target)], name="target")


def check_forecasts(run: AuditedRun, history: PerturbedHistory, *, same_rows: bool) -> Iterator[Finding]:
    """Compare the forecasts up to the date with those from the perturbed history.

    They are compared twice: with fits from the cache, which stores a fit by the bytes of its input, and with new fits
    up to the end of the fold of the date, which show what a predictor reads besides its input. New fits are made
    always if a fit takes no epochs, else once, in the first fold, which has the fewest training rows. The predictor is
    not checked if the perturbed history does not give the `same_rows` to train on.
    """
    name, fold = run.stages.settings.forecast.predictor, int(run.table["fold"].loc[history.date])
    if not same_rows:
        yield Finding("predictor", name, 0, reason="its training rows differ from those of the run")
        return
    fits: list[tuple[str, pd.Timestamp, Cache | None]] = []
    if not run.has_cheap_fits:
        fits.append(("predictor", history.date, run.cache))
    if run.has_cheap_fits or (fold == 0 and history.name == "cut off"):
        fits.append(("predictor, new fit", run.days_of(fold)[-1], None))
    before = run.table.filter(items=FORECASTS).loc[: history.date]
    for stage, last_day, cache in fits:
        close, features = history.prices["Close"].loc[:last_day], history.true_features.loc[:last_day]
        after = run.stages.forecasts(close, features, cache).table
        yield compare(stage, name, before, after.filter(items=FORECASTS), history.failure)


def check_learning(run: AuditedRun, history: PerturbedHistory) -> Iterator[Finding]:
    """Compute features, training rows and forecasts from a perturbed history, and compare."""
    yield from compare_columns("feature", run.features.loc[: history.date], history.features, history.failure)
    rows = list(check_training_rows(run, history))
    yield from rows
    yield from check_forecasts(run, history, same_rows=not any(finding.failure for finding in rows))
