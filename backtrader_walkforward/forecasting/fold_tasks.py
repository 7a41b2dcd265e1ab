"""The folds of a walk-forward: which rows each of them trains on and forecasts, for every member of an ensemble."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from sklearn.base import clone

from backtrader_walkforward.features import complete_rows
from backtrader_walkforward.features.scale_free import units_of
from backtrader_walkforward.forecasting.ensemble import as_members
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.handover import handover_of
from backtrader_walkforward.forecasting.pooled.rows import History, TickerRows, as_days, rows_of_peers
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import WalkForward
from backtrader_walkforward.forecasting.windows import HORIZONS, next_target


def fold_tasks(
    prices: pd.DataFrame,
    features: pd.DataFrame,
    predictor: Predictor | Sequence[Predictor],
    walk_forward: WalkForward,
    *,
    inputs: str = "scale-free",
    peers: Sequence[History] = (),
) -> list[FoldTask]:
    """Return the tasks of a walk-forward, earliest fold first; the members of an ensemble follow each other.

    Only complete rows, those with all features, are counted, split and put into windows.
    """
    own = History(prices, features)
    tasks = [
        task
        for number, member in enumerate(as_members(predictor))
        for task in _tasks_of_member(number, member, own, walk_forward, inputs, peers)
    ]
    return sorted(tasks, key=lambda task: (task.fold, task.member))


def _tasks_of_member(
    number: int, member: Predictor, own: History, walk_forward: WalkForward, inputs: str, peers: Sequence[History]
) -> Iterator[FoldTask]:
    """Yield the tasks of one member. With raw inputs peers have no part."""
    usable, lookback = complete_rows(own.features), walk_forward.lookback
    rows, days = own.features.to_numpy(dtype=float)[usable], own.features.index[usable]
    target = next_target(own.prices, member.target)[usable]
    is_raw = inputs == "raw" or member.needs_raw_inputs
    units, peers = ((), ()) if is_raw else (units_of(own.features.columns), peers)
    splits = walk_forward.split(days, HORIZONS[member.target])
    for fold, (train, test) in enumerate(splits, walk_forward.first_fold):
        cut = TickerRows(rows[train[0] - lookback + 1 : test[-1] + 1], target[train], as_days(days[train]))
        known = rows_of_peers(peers, member.target, lookback, days[train[0]], days[test[0] - 1])
        yield fold_task(fold, member, number, walk_forward, units, (cut, *known))


def fold_task(
    fold: int,
    predictor: Predictor,
    member: int,
    walk_forward: WalkForward,
    units: Sequence[str],
    parts: Sequence[TickerRows],
) -> FoldTask:
    """Return the task of a fold of a member, on the rows of one ticker and of its peers."""
    own, *peers = parts
    return FoldTask(
        fold=fold,
        predictor=clone(predictor).set_params(seed=fold_seed(predictor.seed, fold)),
        lookback=walk_forward.lookback,
        rows=own.rows,
        target=own.target,
        days=own.days,
        units=units,
        peers=tuple(peers),
        handover=handover_of(predictor, walk_forward, fold),
        member=member,
        ticker=own.ticker,
    )


def fold_seed(seed: int, fold: int) -> int:
    """Return the seed of a fold. It comes from the run's seed and the fold's number: fits can run in any order."""
    return int(np.random.SeedSequence([seed, fold]).generate_state(1)[0] >> 1)
