"""The panel under audit: what it computed from the whole history of every ticker."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun, last_complete_days
from backtrader_walkforward.audit.panel.learner import PanelFold, PanelLearner, days_of
from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.panels.book import BookResult
from backtrader_walkforward.panels.pooled import NO_FORECAST, pooled_forecasts
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.study.progress import silent
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.trading.variants import Variant

Histories = dict[str, tuple[pd.DataFrame, pd.DataFrame]]
"""Prices and features by ticker."""


@dataclass(frozen=True)
class AuditedPanel:
    """The runs of a panel's tickers, the folds of its models, and its books."""

    settings: Settings
    runs: Mapping[str, AuditedRun]
    """By ticker, in alphabetical order."""
    histories: Histories
    """Of all tickers that models learn from: with one model for all, those that have ended before the test, too."""
    learner: PanelLearner
    folds: Sequence[PanelFold]
    cache: Cache
    """Fits of the panel."""
    variants: Sequence[Variant] = ()
    """Those of the books."""
    first_day: date | None = None
    """First day of the books."""
    books: Mapping[str, BookResult] = field(default_factory=dict)
    """By variant, once they have traded."""

    @classmethod
    def of(
        cls, settings: Settings, stages: Stages, prices: Mapping[str, Prices], cache: Cache, executor: Executor | None
    ) -> tuple[Self, dict[str, str]]:
        """Run the stages of all tickers up to their signals; return why a ticker has no run, too."""
        is_pooled = settings.panel.model == "pooled"
        runs, failed = (run_pooled if is_pooled else run_alone)(stages, prices, cache, executor)
        if not runs:
            ticker, fault = min(failed.items())
            raise UserError(f"no ticker of the panel could be studied; {ticker}: {fault}")
        histories = {ticker: (run.prices, run.features) for ticker, run in runs.items()}
        if is_pooled:
            own = {ticker: replace(stages, calendar=one.calendar) for ticker, one in prices.items()}
            histories = {ticker: (one.frame, own[ticker].features(one.frame)) for ticker, one in prices.items()}
            learner = PanelLearner(own, fixed(stages, histories, runs))
        else:
            learner = PanelLearner({ticker: run.stages_alone for ticker, run in runs.items()})
        return cls(settings, runs, histories, learner, learner.folds(histories), cache), failed

    @property
    def signals(self) -> dict[str, pd.DataFrame]:
        """The bars of all tickers, as strategies trade them."""
        return {ticker: run.signals for ticker, run in self.runs.items()}

    @property
    def has_cheap_fits(self) -> bool:
        """Whether a fit takes no epochs, so that repeating it costs nothing."""
        return all(run.has_cheap_fits for run in self.runs.values())

    @cached_property
    def test_days(self) -> pd.DatetimeIndex:
        """The days on which any ticker is forecast."""
        return union_of(run.table.index for run in self.runs.values())

    def days_of(self, fold: PanelFold) -> pd.DatetimeIndex:
        """Return the test days of a fold, read from the forecasts of its tickers."""
        tickers = {part.ticker for part in fold.task.parts} & self.runs.keys()
        return union_of(self.runs[ticker].days_of(fold.task.fold) for ticker in tickers)

    def row_days(self, fold: PanelFold, ticker: str, rows: int) -> pd.DatetimeIndex:
        """Return the day of each of a ticker's rows in a fold: its complete days up to the last test day."""
        return last_complete_days(self.histories[ticker][1], self.days_of(fold)[-1], rows)


def fixed(stages: Stages, histories: Histories, runs: Mapping[str, AuditedRun]) -> WalkForward:
    """Return the walk-forward of all tickers with its first test row, which stays where it is."""
    first = min(run.table.index[0] for run in runs.values()).to_datetime64().astype("datetime64[D]")
    return replace(stages.walk_forward, first_test=int(np.searchsorted(days_of(histories), first)), test_from=None)


def union_of(indices: Iterable[pd.Index]) -> pd.DatetimeIndex:
    """Return the days of all indices, sorted."""
    return pd.DatetimeIndex(np.unique(np.concatenate([index.to_numpy() for index in indices])))


def run_alone(
    stages: Stages, prices: Mapping[str, Prices], cache: Cache, executor: Executor | None
) -> tuple[dict[str, AuditedRun], dict[str, str]]:
    """Run each ticker with a model of its own."""
    runs, failed = {}, {}
    for ticker, one in prices.items():
        try:
            runs[ticker] = AuditedRun.of(stages.with_prices(one), one.frame, cache, executor)
        except UserError as error:
            failed[ticker] = str(error)
    return runs, failed


def run_pooled(
    stages: Stages, prices: Mapping[str, Prices], cache: Cache, executor: Executor | None
) -> tuple[dict[str, AuditedRun], dict[str, str]]:
    """Run all tickers with one model."""
    made = pooled_forecasts(prices, stages, executor, silent)
    runs = {}
    for ticker, forecasts in made.items():
        own, frame = stages.with_prices(prices[ticker]), prices[ticker].frame
        features = own.features(frame)
        signals = own.signals(frame, features, forecasts.table)
        cheap = not any(forecasts.epochs)
        runs[ticker] = AuditedRun(own, cache, frame, features, [], forecasts.table, cheap, signals)
    return runs, {ticker: NO_FORECAST for ticker in prices if ticker not in made}
