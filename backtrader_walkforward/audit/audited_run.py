"""The run under audit: its stages, and what they computed from the whole history."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.forecasting import Forecasts
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.cache import Cache

Results = dict[str, BacktestResult]
"""By the name of the variant."""


@dataclass(frozen=True)
class AuditedRun:
    """The prices, features, fold inputs, forecasts and signals of a run."""

    stages: Stages
    """Their first test row is fixed: it stays where it is when the history is cut."""
    prices: pd.DataFrame
    features: pd.DataFrame
    tasks: list[FoldTask]
    forecasts: Forecasts
    signals: pd.DataFrame

    @classmethod
    def of(cls, stages: Stages, prices: pd.DataFrame, cache: Cache, executor: Executor | None) -> Self:
        """Run the stages over `prices`. Folds that are in the cache are not fitted again."""
        features = stages.features(prices)
        forecasts = stages.forecasts(prices["Close"], features, cache, executor)
        signals = stages.signals(prices, features, forecasts.table)
        first_test = int(np.searchsorted(complete_days(features), forecasts.table.index[0]))
        fixed = replace(stages, walk_forward=replace(stages.walk_forward, first_test=first_test))
        return cls(fixed, prices, features, fixed.tasks(prices["Close"], features), forecasts, signals)

    @property
    def table(self) -> pd.DataFrame:
        """The forecasts by the date on which each was made."""
        return self.forecasts.table

    def days_of(self, fold: int) -> pd.DatetimeIndex:
        """Return the test days of a fold, read from the forecasts."""
        return pd.DatetimeIndex(self.table.index[self.table["fold"] == fold])

    @property
    def has_cheap_fits(self) -> bool:
        """Whether a fit takes no epochs, so that repeating it costs nothing."""
        return not any(self.forecasts.epochs)


def complete_days(features: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the days on which every feature is known."""
    return pd.DatetimeIndex(features.index[np.isfinite(features.to_numpy(dtype=float)).all(axis=1)])
