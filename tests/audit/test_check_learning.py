"""Training rows and targets, by date."""

from dataclasses import replace

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.check_learning import (
    compare_training_rows,
    fingerprints,
    recompute,
)
from backtrader_walkforward.audit.check_targets import check_targets
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory, audit_dates


def with_task(run, number, **changes):
    tasks = [replace(task, **changes) if task.fold == number else task for task in run.tasks]
    return replace(run, tasks=tasks)


def test_clean_targets_are_all_compared(run):
    findings = list(check_targets(run))
    assert {finding.name for finding in findings} == {f"fold {fold}" for fold in range(5)}
    assert not any(finding.failure for finding in findings)
    assert all(finding.compared for finding in findings)


def test_one_row_too_many_is_named_by_its_day(run):
    task = run.tasks[1]
    days = run.row_days(task)
    last = task.lookback - 1 + len(task.target)
    following = run.prices["Open"].pct_change().shift(-2)
    leaky = with_task(run, 1, target=np.append(task.target, following[days[last]]))
    [failure] = [finding for finding in check_targets(leaky) if finding.failure]
    assert (failure.name, failure.date) == ("fold 1", days[last])
    assert failure.failure == "trains on a target that is known only on a test day"
    assert days[last + 2] == run.days_of(1)[0]


def test_another_target_is_named_by_its_day(run):
    target = run.tasks[2].target.copy()
    target[3] += 1e-9
    [failure] = [finding for finding in check_targets(with_task(run, 2, target=target)) if finding.failure]
    assert (failure.name, failure.failure) == ("fold 2", "trains on a target that does not follow its window")
    assert failure.date == run.row_days(run.tasks[2])[run.tasks[2].lookback - 1 + 3]


def inputs_of(tasks):
    return {task.fit_id: fingerprints(task) for task in tasks}


def test_rows_that_differ_in_a_bit_or_are_missing_are_found(run):
    date, day = audit_dates(run)[-1], run.row_days(run.tasks[0])[7]
    rows = run.tasks[0].rows.copy()
    rows[7, 3] = np.nextafter(rows[7, 3], np.inf)
    others = inputs_of(with_task(run, 0, rows=rows).tasks)
    [failure] = [found for found in compare_training_rows(run, others, date, "changes") if found.failure]
    assert (failure.name, failure.date, failure.failure) == ("fold 0", day, "changes")
    shorter = inputs_of(replace(task, rows=np.delete(task.rows, 7, axis=0)) for task in run.tasks)
    faults = [found for found in compare_training_rows(run, shorter, date, "changes") if found.failure]
    assert {failure.date for failure in faults} == {day}


def test_a_target_that_differs_in_a_bit_is_found(run):
    target = run.tasks[0].target.copy()
    target[3] = np.nextafter(target[3], np.inf)
    others = inputs_of(with_task(run, 0, target=target).tasks)
    [failure] = [found for found in compare_training_rows(run, others, audit_dates(run)[0], "changes") if found.failure]
    assert failure.date == run.row_days(run.tasks[0])[run.tasks[0].lookback - 1 + 3]


def test_folds_that_begin_after_the_date_are_not_compared(run):
    date = run.days_of(1)[0]
    compared = list(compare_training_rows(run, inputs_of(run.tasks), date, "changes"))
    assert [found.name for found in compared] == ["fold 0", "fold 1"]
    assert not any(found.failure for found in compared)


def test_only_missing_prices_are_filled_forward(run):
    date = audit_dates(run)[0]
    [made] = recompute(iter([PerturbedHistory.of(run, date, "masked")]), run.stages)
    later = made.signals.loc[made.signals.index > date]
    assert (later["Close"] == run.prices["Close"].loc[date]).all()
    assert later[["predicted_return", "predicted_close", "volatility"]].isna().all(axis=None)


def test_row_days_end_with_the_last_test_day(run):
    for task in run.tasks:
        days = run.row_days(task)
        assert len(days) == len(task.rows)
        assert days[-1] == run.days_of(task.fold)[-1]
        np.testing.assert_array_equal(task.rows, run.features.loc[days])
        assert isinstance(days, pd.DatetimeIndex)
