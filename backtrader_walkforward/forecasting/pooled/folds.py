"""Pooled folds: one fit learns from all tickers, and forecasts each of them on the same dates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.features import complete_rows
from backtrader_walkforward.features.scale_free import units_of
from backtrader_walkforward.forecasting.fold_tasks import fold_task
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.pooled.rows import History, TickerRows, as_days
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import MIN_TRAIN_WINDOWS, WalkForward
from backtrader_walkforward.forecasting.windows import HORIZONS, next_target


class FoldDays(NamedTuple):
    """The days of a fold, the same for all tickers."""

    fold: int
    first_train: np.datetime64
    """Earliest last day of a training window."""
    first_test: np.datetime64
    last_test: np.datetime64


class CompleteRows(NamedTuple):
    """The complete rows of one ticker, in the order of time."""

    ticker: str
    close: pd.Series
    """Closes by day (n,)."""
    days: np.ndarray
    """The same days (n,), as datetime64[D]."""
    rows: np.ndarray
    """Features (n, n_features)."""
    features: tuple[str, ...]
    """Names of the features."""
    targets: Mapping[str, np.ndarray]
    """Target of each row (n,), by its kind."""

    @classmethod
    def of(cls, history: History, targets: Iterable[str]) -> "CompleteRows":
        """Return the complete rows of a history, with these kinds of targets."""
        prices, features, ticker = history
        usable = complete_rows(features)
        close = prices["Close"][usable]
        rows, names = features.to_numpy(dtype=float)[usable], tuple(map(str, features.columns))
        known = {target: next_target(prices, target)[usable] for target in targets}
        return cls(ticker, close, as_days(close.index), rows, names, known)

    def in_fold(self, fold: FoldDays, lookback: int, target: str) -> TickerRows:
        """Return the rows of a fold, as views; without a target if there are none to train on.

        They are split as in `WalkForward`, on the rows of this ticker: the last training row is the latest whose target
        is known when the fit is made.

        ::

            all tickers     first_train . . . . . . | first_test . . last_test
            this ticker     T T T   T T T x         | F   F F
        """
        first = max(lookback - 1, int(np.searchsorted(self.days, fold.first_train)))
        known = int(np.searchsorted(self.days, fold.first_test))
        end = int(np.searchsorted(self.days, fold.last_test, side="right"))
        train = slice(first, max(first, known - HORIZONS[target]))
        rows = self.rows[first - lookback + 1 : end]
        return TickerRows(rows, self.targets[target][train], self.days[train], self.ticker)


class Model(NamedTuple):
    """A member of the ensemble, and the tickers that each of its fits learns from."""

    member: int
    """Number of the member, from 0."""
    predictor: Predictor
    tickers: Sequence[CompleteRows]


def models_of(members: Sequence[Predictor], tickers: Sequence[CompleteRows]) -> list[Model]:
    """Return one model of all tickers for each member, and one of each ticker for a member that needs raw inputs."""
    each = [[ticker] for ticker in tickers]
    return [
        Model(number, member, group)
        for number, member in enumerate(members)
        for group in (each if member.needs_raw_inputs else [tickers])
    ]


def pooled_tasks(models: Sequence[Model], days: np.ndarray, walk_forward: WalkForward) -> list[FoldTask]:
    """Return the tasks of a walk-forward through `days`, earliest fold first; `member` is the number of the model.

    A task has the rows of each ticker once. A ticker takes part from the first fold in which it has
    `MIN_TRAIN_WINDOWS`. A fold that forecasts no ticker is left out.
    """
    tasks = [task for number, model in enumerate(models) for task in _tasks_of(model, number, days, walk_forward)]
    return sorted(tasks, key=lambda task: (task.fold, task.member))


def _tasks_of(model: Model, number: int, days: np.ndarray, walk_forward: WalkForward) -> Iterator[FoldTask]:
    """Yield the tasks of one model. Where the fold that one takes over from is left out, it takes over nothing."""
    predictor, target, made = model.predictor, model.predictor.target, set()
    units = () if predictor.needs_raw_inputs else units_of(model.tickers[0].features)
    for fold in fold_days(days, walk_forward, HORIZONS[target]):
        cut = (ticker.in_fold(fold, walk_forward.lookback, target) for ticker in model.tickers)
        if not (parts := [part for part in cut if len(part.target) >= MIN_TRAIN_WINDOWS]):
            continue
        task = fold_task(fold.fold, predictor, number, walk_forward, units, parts)
        if task.tests:
            made.add(task.fold)
            left_out = task.follows is not None and walk_forward.first_fold <= task.follows not in made
            yield replace(task, handover=None) if left_out else task


def fold_days(days: np.ndarray, walk_forward: WalkForward, horizon: int) -> Iterator[FoldDays]:
    """Yield the days of each fold of a walk-forward through `days`."""
    splits = walk_forward.split(pd.DatetimeIndex(days), horizon)
    for fold, (train, test) in enumerate(splits, walk_forward.first_fold):
        yield FoldDays(fold, days[train[0]], days[test[0]], days[test[-1]])
