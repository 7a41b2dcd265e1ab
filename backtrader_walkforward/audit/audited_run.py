"""The run under audit: the stages as `runner.py` calls them, and what they made of the whole history."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.forecasting import ForecastCache, Forecasts
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.study import Stages

Results = dict[str, BacktestResult]
"""By the name of the variant."""


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
