"""The signals of a session: its prices, and their forecasts by the stages of a study."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pandas as pd

from backtrader_walkforward.data import Prices, load_prices
from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.forecasting.folds import complete_rows
from backtrader_walkforward.forecasting.walk_forward_forecast import OnFold
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.cache import Cache


@dataclass(frozen=True)
class ForecastResources:
    """Processes, cache and progress for the forecasts of a session; none of them changes a forecast."""

    executor: Executor | None = None
    cache: Cache | None = None
    on_fold: OnFold | None = None


def prices_since(first_day: pd.Timestamp, settings: Settings, now: datetime) -> Prices:
    """Return the prices from the first bar of a ledger on. Today is the day in UTC, as in `load_prices`."""
    days = ((settings.data.end or now.astimezone(UTC).date()) - first_day.date()).days + 1
    prices = load_prices(settings.replace(period=days), warm_up=0, now=now, refresh=True)
    return replace(prices, frame=prices.frame.loc[first_day:])


def signals_of_sessions(
    bars: pd.DataFrame,
    first_traded: pd.Timestamp,
    first_new: pd.Timestamp,
    stages: Stages,
    resources: ForecastResources,
) -> pd.DataFrame:
    """Return the signals with the forecasts of the days from `first_new` on; earlier forecasts may be NaN.

    The walk-forward is anchored: its first test row is the first day traded. So a forecast does not depend on the
    session that makes it.
    """
    features = stages.features(bars)
    days = features.index[complete_rows(features)]
    walk_forward = anchored(stages.walk_forward, *days.searchsorted([first_traded, first_new]))
    forecasts = replace(stages, walk_forward=walk_forward).forecasts(
        bars["Close"], features, resources.cache, resources.executor, resources.on_fold
    )
    return stages.signals(bars, features, forecasts.table.reindex(bars.index[bars.index >= first_traded]))


def anchored(walk_forward: WalkForward, first_test: int, first_new: int) -> WalkForward:
    """Return the walk-forward with the first test row `first_test`, from the fold of the row `first_new` on."""
    fold = (first_new - first_test) // walk_forward.retrain_every
    warm_start = walk_forward.warm_start_from(fold)
    return replace(walk_forward, first_test=int(first_test), first_fold=fold if warm_start is None else warm_start)
