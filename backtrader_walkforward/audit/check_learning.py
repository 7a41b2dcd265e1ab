"""Checks of the features, of the rows that each fold trains on, and of the signals.

Each stage gets the true past from the stage before it, so that a failure is found where it is made.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.check_targets import TRAINING_ROWS
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure
from backtrader_walkforward.audit.finding import Finding, compare, same_bits
from backtrader_walkforward.audit.perturbed_history import (
    CUT_OFF,
    PERTURBATIONS,
    PerturbedHistory,
    drawn,
    failure_of,
    splice,
)
from backtrader_walkforward.brokers.sizing import LOT_SIZE
from backtrader_walkforward.forecasting.folds import FitId, FoldTask
from backtrader_walkforward.forecasting.walk_forward_forecast import training_means
from backtrader_walkforward.study import Stages

FEATURE = "feature"
SIGNAL = "signal"

MOST_DAYS = 600
"""Most days whose features are computed from a history that ends on that day; drawn at random from a longer history."""


def features_day_by_day(run: AuditedRun) -> CleanRoom:
    """Compare each day's features with those of a history that ends on that day.

    A few dates are not enough: a back-fill shows only on days with a missing value.
    """
    days = feature_days(run)

    def check(answer: pd.DataFrame | Failure) -> Iterator[Finding]:
        if isinstance(answer, Failure):
            yield Finding(FEATURE, "of any name", 0, f"fails when the history ends early: {answer.reason}")
        else:
            failure = "differs when the history ends on that day"
            yield from compare_columns(FEATURE, run.features.iloc[days], answer, failure)

    histories = (run.prices.iloc[: day + 1] for day in days)
    return CleanRoom(latest_features, histories, (run.stages_alone,), check)


def feature_days(run: AuditedRun) -> list[int]:
    """Return the rows whose features are compared day by day."""
    return drawn(range(len(run.prices)), MOST_DAYS, run.stages.settings.forecast.seed)


def latest_features(histories: Iterator[pd.DataFrame], stages: Stages) -> pd.DataFrame:
    """Return the features of the last day of each history."""
    return pd.concat([stages.features(prices).iloc[-1:] for prices in histories])


@dataclass(frozen=True)
class Recomputed:
    """Features, training rows and signals of a perturbed history."""

    features: pd.DataFrame
    inputs: dict[FitId, np.ndarray]
    """The fingerprints of each fold's rows."""
    peers: dict[FitId, float]
    """The fingerprint of the rows of each fold's peers."""
    mean_of_fold: list[float]
    """Mean return of each fold's training days."""
    signals: pd.DataFrame


def recompute(histories: Iterator[PerturbedHistory], stages: Stages) -> list[Recomputed]:
    """Compute the stages of each history, each from the true past of the stage before it.

    Missing prices are filled forward, because a position cannot be valued without one. All other lines, the forecasts
    too, stay missing.
    """
    made = []
    for history in histories:
        features = stages.features(history.prices)
        known = splice(history.past_features, features, history.date)
        tasks = replace(stages, peers=history.peers).tasks(history.prices, known)
        inputs = {task.fit_id: fingerprints(task) for task in tasks}
        peers = {task.fit_id: fingerprint_of_peers(task) for task in tasks}
        target = stages.members[0].target
        mean_of_fold = training_means(history.prices, known, stages.walk_forward, target)
        signals = stages.signals(history.prices.ffill(), known, history.forecasts)
        made.append(Recomputed(features, inputs, peers, mean_of_fold, signals))
    return made


def perturbed_rooms(run: AuditedRun, dates: Sequence[pd.Timestamp]) -> list[CleanRoom]:
    """Compare features, training rows and signals up to each date with those of the perturbed histories."""
    history_of, compared = partial(PerturbedHistory.of, run), partial(compare_stages, run)
    return rooms_of_histories(dates, history_of, recompute, run.stages_alone, compared)


def rooms_of_histories(
    dates: Sequence[pd.Timestamp],
    history_of: Callable[[pd.Timestamp, str], Any],
    compute: Callable[..., Any],
    argument: Any,
    compared: Callable[[Any, pd.Timestamp, str], Iterator[Finding]],
) -> list[CleanRoom]:
    """Return the rooms in which perturbed histories are computed and compared.

    One process is given the histories that are cut off, the shortest first, and one the others, in the same order.

    Parameters
    ----------
    dates : sequence of Timestamp
        Days up to which each history is true.
    history_of : callable
        Function of a date and the name of a perturbation.
    compute : callable
        Function of an iterator of histories and the `argument`; it has a name in a module.
    compared : callable
        Function of what was made of a history, its date, and the words for a difference.
    """
    others = [name for name in PERTURBATIONS if name != CUT_OFF]
    return [_room_of(dates, names, history_of, compute, argument, compared) for names in ([CUT_OFF], others)]


def _room_of(
    dates: Sequence[pd.Timestamp],
    names: Sequence[str],
    history_of: Callable[[pd.Timestamp, str], Any],
    compute: Callable[..., Any],
    argument: Any,
    compared: Callable[[Any, pd.Timestamp, str], Iterator[Finding]],
) -> CleanRoom:
    perturbations = [(date, name) for date in sorted(dates) for name in names]

    def check(answer: list[Any] | Failure) -> Iterator[Finding]:
        if isinstance(answer, Failure):
            fails = f"fails when later rows are {' or '.join(names)}: {answer.reason}"
            yield Finding("stage", "of any name", 0, fails if CUT_OFF in names else "", reason=fails)
        else:
            for (date, name), made in zip(perturbations, answer, strict=True):
                yield from compared(made, date, failure_of(name))

    return CleanRoom(compute, (history_of(date, name) for date, name in perturbations), (argument,), check)


def compare_stages(run: AuditedRun, made: Recomputed, date: pd.Timestamp, failure: str) -> Iterator[Finding]:
    """Compare features, training rows and signals up to the date."""
    yield from compare_columns(FEATURE, run.features.loc[:date], made.features, failure)
    yield from compare_training_rows(run, made.inputs, date, failure)
    yield from compare_peers(run, made.peers, date, failure)
    yield from compare_training_means(run, made.mean_of_fold, date, failure)
    yield from compare_signals(run.signals.loc[:date], made.signals, failure)


def compare_signals(before: pd.DataFrame, after: pd.DataFrame, failure: str) -> Iterator[Finding]:
    """Compare signals; the shares of a day are data, made by no stage."""
    return compare_columns(SIGNAL, before.drop(columns=LOT_SIZE, errors="ignore"), after, failure)


def compare_columns(stage: str, before: pd.DataFrame, after: pd.DataFrame, failure: str) -> Iterator[Finding]:
    """Compare two tables, a finding for each column of the first; a column that the second lacks is NaN there."""
    rows = np.ascontiguousarray(before.to_numpy(dtype=float))
    others = after.reindex(index=before.index, columns=before.columns)
    same, known = same_bits(rows, np.ascontiguousarray(others.to_numpy(dtype=float))), np.isfinite(rows)
    for place, name in enumerate(before):
        differs = np.flatnonzero(~same[:, place])
        date = before.index[differs[0]] if len(differs) else None
        yield Finding(stage, str(name), int(known[:, place].sum()), failure if len(differs) else "", date)


def compare_training_rows(
    run: AuditedRun, inputs: dict[FitId, np.ndarray], date: pd.Timestamp, failure: str
) -> Iterator[Finding]:
    """Compare the input of each fold that starts by the date with that of the perturbed history."""
    for task in run.tasks:
        if run.days_of(task.fold)[0] <= date:
            others = inputs.get(task.fit_id, np.empty(0))
            yield compare_rows(f"fold {task.fold}", task, run.row_days(task), others, date, failure)


def compare_rows(
    name: str, task: FoldTask, days: pd.DatetimeIndex, others: np.ndarray, date: pd.Timestamp, failure: str
) -> Finding:
    """Compare the rows of a task up to the date, which lie on these days, with others: by their fingerprints."""
    before = pd.Series(fingerprints(task), days).loc[:date]
    after = pd.Series(others[: len(days)], days[: len(others)])
    return replace(compare(TRAINING_ROWS, name, before, after, failure), compared=task.rows.size)


def compare_peers(run: AuditedRun, peers: dict[FitId, float], date: pd.Timestamp, failure: str) -> Iterator[Finding]:
    """Compare the rows of the peers of each fold that starts by the date: all are known then."""
    for task in run.tasks:
        first_day = run.days_of(task.fold)[:1]
        if task.peers and first_day[0] <= date:
            pair = fingerprint_of_peers(task), peers.get(task.fit_id, np.nan)
            before, after = (pd.Series([one], first_day) for one in pair)
            found = compare(TRAINING_ROWS, f"fold {task.fold}, peers", before, after, failure)
            yield replace(found, compared=sum(part.rows.size for part in task.peers))


def compare_training_means(
    run: AuditedRun, mean_of_fold: Sequence[float], date: pd.Timestamp, failure: str
) -> Iterator[Finding]:
    """Compare the mean return of each fold's training days, for the folds that start by the date."""
    expected = run.table.groupby("fold")["training_mean"].first()
    others = pd.Series(mean_of_fold, dtype=float).reindex(expected.index)
    for fold in expected.index:
        first_day = run.days_of(fold)[:1]
        if first_day[0] <= date:
            before, after = (table.loc[[fold]].set_axis(first_day) for table in (expected, others))
            yield compare(TRAINING_ROWS, f"fold {fold}", before, after, failure)


def fingerprints(task: FoldTask) -> np.ndarray:
    """Return 48 bits of each row of a task, with the target of the window that ends with it.

    Twenty years of folds take a gigabyte, which would have to go from one process to another.
    """
    target = np.full(len(task.rows), np.nan)
    target[task.lookback - 1 :][: len(task.target)] = task.target
    rows = np.column_stack([task.rows, target])
    return np.array([int.from_bytes(blake2b(row.tobytes(), digest_size=6).digest()) for row in rows], dtype=float)


def fingerprint_of_peers(task: FoldTask) -> float:
    """Return 48 bits of all rows and targets of the task's peers."""
    digest = blake2b(digest_size=6)
    for part in task.peers:
        for array in (part.rows, part.target, part.days):
            digest.update(array.tobytes())
    return float(int.from_bytes(digest.digest()))
