"""Out-of-sample forecasts from prices and features: the loop over the folds."""

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from backtrader_walkforward.features import complete_rows
from backtrader_walkforward.forecasting.ensemble import as_members
from backtrader_walkforward.forecasting.fits import OnFold, fit_folds
from backtrader_walkforward.forecasting.fold_tasks import fold_tasks
from backtrader_walkforward.forecasting.forecasts import Forecasts, as_forecasts
from backtrader_walkforward.forecasting.pooled.rows import History
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import WalkForward
from backtrader_walkforward.forecasting.windows import HORIZONS, next_return
from backtrader_walkforward.system.cache import Cache


def forecast(
    prices: pd.DataFrame,
    features: pd.DataFrame,
    predictor: Predictor | Sequence[Predictor],
    walk_forward: WalkForward | None = None,
    executor: Executor | None = None,
    on_fold: OnFold | None = None,
    cache: Cache | None = None,
    *,
    inputs: str = "scale-free",
    peers: Sequence[History] = (),
) -> Forecasts:
    """Forecast every test row from the rows that were known at its close.

    With a cache, only the folds that it lacks are fitted, and each is stored as soon as it ends.

    Parameters
    ----------
    prices : DataFrame (n_bars, 5)
    features : DataFrame (n_bars, n_features)
        As of `compute_features`, with the index of `prices`.
    predictor : Predictor or sequence of Predictor
        Each fold fits a copy of it. Several are an ensemble: each is fitted and stored by itself, and the mean of
        their forecasts is taken.
    executor : Executor, optional
        Anything with the interface of `concurrent.futures.Executor`, such as `process_pool(workers)`. By default the
        folds are fitted here, one after the other. The forecasts are the same to the bit.
    on_fold : callable, optional
        `OnFold`: called as each fold of each member ends.
    cache : Cache, optional
        Forecasts of earlier runs. Its `notes` name its faults.
    inputs : {"scale-free", "raw"}
        What predictors see: `scale_free` features, scaled to 0..1 by the training rows and clipped, or the features.
    peers : sequence of History
        Other tickers, from whose windows each fit learns, too. Their features have the same columns. With raw inputs
        they have no part, since the price levels of two tickers have nothing in common.

    Raises
    ------
    DataError
        If there are too few complete rows for `walk_forward`.
    """
    walk_forward = walk_forward or WalkForward()
    tasks = fold_tasks(prices, features, predictor, walk_forward, inputs=inputs, peers=peers)
    fits = fit_folds(tasks, executor, on_fold, cache)
    members = as_members(predictor)
    training_mean = training_means(prices, features, walk_forward, members[0].target)
    n_tested = sum(len(task.test_windows) for task in tasks if task.member == 0)
    close = prices["Close"][complete_rows(features)].iloc[-n_tested:]
    return as_forecasts(fits, members, features.columns, close, training_mean)


def training_means(
    prices: pd.DataFrame, features: pd.DataFrame, walk_forward: WalkForward, target: str = "return"
) -> list[float]:
    """Return the mean return that each fold is trained on; of a predictor of prices, that of their returns.

    All of it is known at the close before the fold's first test row.
    """
    returns = next_return(prices, target)[complete_rows(features)]
    splits = walk_forward.split(returns.index, HORIZONS[target])
    return [float(np.mean(returns.to_numpy()[train])) for train, _ in splits]
