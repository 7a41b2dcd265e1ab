"""The run under audit: the stages as `runner.py` calls them, and what they made of the whole history."""

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import (
    ForecastCache,
    Forecasts,
    Predictor,
    WalkForward,
    ensemble_members,
    forecast,
    walk_forward_of,
)
from backtrader_walkforward.forecasting.folds import FoldTask, fold_tasks
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import build_signals
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of

Results = dict[str, BacktestResult]
"""By the name of the variant."""


@dataclass(frozen=True)
class Stages:
    """The functions of a run with its settings. Every stage calls the function that the run calls, and adds nothing."""

    settings: Settings
    members: tuple[Predictor, ...]
    walk_forward: WalkForward
    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the stages that `settings` asks for."""
        return cls(
            settings,
            ensemble_members(settings),
            walk_forward_of(settings),
            (*variants_of(find_strategies(settings.trading.strategies)), BENCHMARK),
        )

    def features(self, prices: pd.DataFrame) -> pd.DataFrame:
        """Return the indicators of each day."""
        return compute_features(prices, self.settings.forecast.timeframes)

    def tasks(self, close: pd.Series, features: pd.DataFrame) -> list[FoldTask]:
        """Return what each fold of each member is given."""
        return fold_tasks(close, features, self.members, self.walk_forward)

    def forecasts(
        self,
        close: pd.Series,
        features: pd.DataFrame,
        store: ForecastCache | None = None,
        executor: Executor | None = None,
    ) -> Forecasts:
        """Return the forecasts of every test row; without a store, every fold is fitted."""
        return forecast(close, features, self.members, self.walk_forward, executor, store=store)

    def signals(self, prices: pd.DataFrame, features: pd.DataFrame, forecasts: pd.DataFrame) -> pd.DataFrame:
        """Return the bars with their forecast lines, and those of the regimes that are asked for."""
        return build_signals(prices, features, forecasts, self.settings, self.variants)

    def results(
        self, signals: pd.DataFrame, variants: Iterable[Variant], *, bar_by_bar: bool = False
    ) -> list[BacktestResult]:
        """Return what each variant made of the market."""
        return run_backtest(signals, variants, self.settings, bar_by_bar=bar_by_bar)


@dataclass(frozen=True)
class AuditedRun:
    """What the stages make of the whole history, up to the market that the strategies trade in."""

    stages: Stages
    """Their split is pinned: where the first test row stands does not move when the history is cut."""
    prices: pd.DataFrame
    features: pd.DataFrame
    tasks: list[FoldTask]
    forecasts: Forecasts
    signals: pd.DataFrame

    @classmethod
    def of(cls, stages: Stages, prices: pd.DataFrame, store: ForecastCache, executor: Executor | None) -> Self:
        """Run the stages over `prices`; folds that an earlier run has stored are not fitted again."""
        features = stages.features(prices)
        forecasts = stages.forecasts(prices["Close"], features, store, executor)
        signals = stages.signals(prices, features, forecasts.table)
        first_test = int(np.searchsorted(complete_days(features), forecasts.table.index[0]))
        pinned = replace(stages, walk_forward=replace(stages.walk_forward, first_test=first_test))
        return cls(pinned, prices, features, pinned.tasks(prices["Close"], features), forecasts, signals)

    @property
    def table(self) -> pd.DataFrame:
        """The forecasts by the date on which each was made."""
        return self.forecasts.table

    def days_of(self, fold: int) -> pd.DatetimeIndex:
        """Return the test days of a fold, as the forecasts tell them."""
        return pd.DatetimeIndex(self.table.index[self.table["fold"] == fold])

    @property
    def is_solved_at_once(self) -> bool:
        """Whether a fit takes no epochs, so that it costs nothing to repeat."""
        return not any(self.forecasts.epochs)


def complete_days(features: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the days that have all features."""
    return pd.DatetimeIndex(features.index[np.isfinite(features.to_numpy(dtype=float)).all(axis=1)])
