"""The run under audit: its stages, and what they computed from the whole history."""

from collections.abc import Collection, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.features import complete_days
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.trading.variants import Variant

LEAST_SPREAD = 2.0
"""Least standard deviation of a synthetic forecast, in thresholds: it gives a signal on three days of five."""


@dataclass(frozen=True)
class AuditedRun:
    """The prices, features, fold inputs, forecasts, signals and results of a run."""

    stages: Stages
    """Their first test row is fixed: it stays where it is when the history is cut."""
    cache: Cache
    """Fits of the run."""
    prices: pd.DataFrame
    features: pd.DataFrame
    tasks: list[FoldTask]
    table: pd.DataFrame
    """The forecasts by the date on which each was made."""
    has_cheap_fits: bool
    """Whether a fit takes no epochs, so that repeating it costs nothing."""
    signals: pd.DataFrame
    results: dict[str, BacktestResult] = field(default_factory=dict)
    """By variant, once it has traded; variants that read a later bar have none."""

    @classmethod
    def of(cls, stages: Stages, prices: pd.DataFrame, cache: Cache, executor: Executor | None) -> Self:
        """Run the stages over `prices` up to the signals. Folds that are in the cache are not fitted again."""
        features = stages.features(prices)
        forecasts = stages.forecasts(prices, features, cache, executor)
        signals = stages.signals(prices, features, forecasts.table)
        first_test = int(np.searchsorted(complete_days(features), forecasts.table.index[0]))
        fixed = replace(stages, walk_forward=replace(stages.walk_forward, first_test=first_test))
        tasks, has_cheap_fits = fixed.tasks(prices, features), not any(forecasts.epochs)
        return cls(fixed, cache, prices, features, tasks, forecasts.table, has_cheap_fits, signals)

    @property
    def stages_alone(self) -> Stages:
        """The stages without the shares of each day and the peers, which are data: what a clean room is given."""
        return replace(self.stages, lot_size=None, peers=())

    @property
    def traded_variants(self) -> list[Variant]:
        """The variants that have a result."""
        return [variant for variant in self.stages.variants if variant.name in self.results]

    def days_of(self, fold: int) -> pd.DatetimeIndex:
        """Return the test days of a fold, read from the forecasts."""
        return pd.DatetimeIndex(self.table.index[self.table["fold"] == fold])

    def row_days(self, task: FoldTask) -> pd.DatetimeIndex:
        """Return the day of each row of a task of the run: the complete days up to the last test day of its fold."""
        return last_complete_days(self.features, self.days_of(task.fold)[-1], len(task.rows))


def last_complete_days(features: pd.DataFrame, last: pd.Timestamp, rows: int) -> pd.DatetimeIndex:
    """Return so many days, the last ones up to a day, on which all features are known."""
    days = complete_days(features)
    until = days[days <= last]
    return until[len(until) - rows :]


@contextmanager
def cache_of_fits(settings: Settings) -> Iterator[Cache]:
    """Yield the cache of the fits of an audit; with `--no-cache` it is a temporary one."""
    with TemporaryDirectory() as scratch:
        yield Cache("forecasts", settings.machine.cache_dir if settings.machine.use_cache else Path(scratch))


def with_synthetic_forecast(run: AuditedRun, names: Collection[str]) -> AuditedRun:
    """Return `run` with the variants of these names alone, which its own forecasts leave in cash, and random forecasts.

    The forecasts are normal, with the standard deviation of the daily returns, and reproducible.
    """
    close, settings = run.prices["Close"], run.stages.settings
    spread = max(close.pct_change().std(), LEAST_SPREAD * settings.trading.threshold)
    predicted = np.random.default_rng(settings.forecast.seed).normal(0, spread, len(run.table))
    price = close.loc[run.table.index] * (1 + predicted)
    table = run.table.assign(predicted_return=predicted, predicted_close=price)
    variants = tuple(variant for variant in run.stages.variants if variant.name in names)
    signals = run.stages.signals(run.prices, run.features, table)
    return replace(run, stages=replace(run.stages, variants=variants), table=table, signals=signals)
