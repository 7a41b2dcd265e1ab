"""Forecasts from test windows in which one feature is that of another day: what a fit makes of each feature."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from backtrader_walkforward.forecasting.ensemble import mean_and_spread
from backtrader_walkforward.forecasting.fold_cache import fit_key, window_digests
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.forecasts import Forecasts
from backtrader_walkforward.forecasting.windows import as_return
from backtrader_walkforward.plugins import snake_case
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.cache_key import NoKeyError, cache_key

REPETITIONS = 5
"""Draws of other days for each feature in each fold."""

FORMAT = 2
"""Raise it when keys or bytes change their meaning."""


def permuted_forecasts(
    forecasts: Forecasts, close: pd.Series, executor: Executor | None = None, cache: Cache | None = None
) -> dict[int, np.ndarray]:
    """Return the predicted returns of each fold, (n_features, `REPETITIONS`, n_test), with one feature permuted.

    Each test window gets the whole history of the feature from a training window, drawn for each, and keeps all
    else. Permuted among the test windows themselves, it would come from later days, too: on these the price has already
    moved, so that features made of prices lose some correlation with the returns of the fold, whatever a fit knows.

    The fits are those of `forecasts`, made again, and all members of an ensemble get the same days. The result is
    stored in the cache.

    Parameters
    ----------
    forecasts : Forecasts
        Those whose features are permuted.
    close : Series
        Closes of the dates of the forecasts.
    executor, cache : optional
        As of `forecast`.
    """
    tasks = forecasts.tasks
    made = dict(zip((task.fit_id for task in tasks), _stored_or_made(tasks, executor, cache), strict=True))
    closes = close.reindex(forecasts.table.index).groupby(forecasts.table["fold"])
    permuted = {}
    for fold, known in closes:
        members = [task for task in tasks if task.fold == fold]
        returns = [as_return(made[one.fit_id], known.to_numpy(dtype=float), one.predictor.target) for one in members]
        flat, kinds = [one.reshape(-1) for one in returns], [type(one.predictor) for one in members]
        permuted[members[0].fold] = mean_and_spread(flat, kinds)[0].reshape(returns[0].shape)
    return permuted


def permute_features(task: FoldTask) -> np.ndarray:
    """Fit, and return the forecasts of the target with each feature permuted, (n_features, `REPETITIONS`, n_test).

    The days drawn for a fold are the same for all features, all members and all runs.
    """
    with threadpool_limits(limits=1):
        fitted, inputs = task.fit(), task.test_inputs
        generator = np.random.default_rng(task.fold)
        known = task.training_inputs
        others = [known[generator.integers(len(known), size=len(inputs))] for _ in range(REPETITIONS)]
        return np.array(
            [
                [task.predict_from(with_feature_of(inputs, feature, other), fitted) for other in others]
                for feature in range(inputs.shape[2])
            ]
        )


def with_feature_of(windows: np.ndarray, feature: int, others: np.ndarray) -> np.ndarray:
    """Return a copy of the windows, (n, lookback, n_features), with one feature of other windows.

    >>> with_feature_of(np.array([[[1, 2]], [[3, 4]]]), 1, np.array([[[5, 6]], [[7, 8]]])).tolist()
    [[[1, 6]], [[3, 8]]]
    """
    changed = windows.copy()
    changed[:, :, feature] = others[:, :, feature]
    return changed


def _stored_or_made(tasks: Sequence[FoldTask], executor: Executor | None, cache: Cache | None) -> Iterator[np.ndarray]:
    """Yield the permuted forecasts of each task, in order; only this process uses the cache."""
    keys = {task.fit_id: _key(task) for task in tasks} if cache else {}
    stored = cache.get(filter(None, keys.values())) if cache else {}
    missing = [task for task in tasks if keys.get(task.fit_id, "") not in stored]
    made = executor.map(permute_features, missing) if executor else map(permute_features, missing)
    for task in tasks:
        key = keys.get(task.fit_id, "")
        if key in stored:
            yield np.load(BytesIO(stored[key]), allow_pickle=False)
            continue
        permuted = next(made)
        if cache and key:
            buffer = BytesIO()
            np.save(buffer, permuted, allow_pickle=False)
            cache.put(key, buffer.getvalue(), f"{snake_case(type(task.predictor).__name__)}, permuted")
        yield permuted


def _key(task: FoldTask) -> str:
    """Return the key of the permuted forecasts; an empty text if the fit has none, as its forecasts have noted."""
    parts = {"format": FORMAT, "windows": tuple(window_digests(task)), "repetitions": REPETITIONS, "fold": task.fold}
    try:
        return cache_key(parts | {"fit": fit_key(task)}, [Path(__file__)], ())
    except NoKeyError:
        return ""
