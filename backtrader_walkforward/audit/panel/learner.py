"""The stages of a panel that a clean room runs: features, folds and signals of all its tickers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from backtrader_walkforward.features import complete_days
from backtrader_walkforward.forecasting import Forecasts, History, WalkForward
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.pooled.folds import CompleteRows, models_of, pooled_tasks
from backtrader_walkforward.forecasting.pooled.forecast import forecast_pooled
from backtrader_walkforward.forecasting.pooled.rows import TickerRows
from backtrader_walkforward.study import Stages


@dataclass(frozen=True)
class PanelFold:
    """A fold of a model: of one ticker alone, or of all."""

    model: tuple[str, int]
    """Ticker of the model, empty for one of all tickers, and its number."""
    member: int
    """Number of the ensemble's member that the model is."""
    task: FoldTask
    """Each of its parts has the name of its ticker."""

    @property
    def key(self) -> tuple[str, int, int]:
        """What tells this fold from all others."""
        return *self.model, self.task.fold

    def alone(self) -> Iterator[tuple[str, FoldTask]]:
        """Yield each ticker with its own part of the task."""
        for part in self.task.parts:
            yield part.ticker, self.task.alone(part)

    def with_rows(self, rows: Mapping[str, np.ndarray]) -> "PanelFold":
        """Return the fold with other rows of its tickers."""
        own, *peers = (TickerRows(rows[part.ticker], part.target, part.days, part.ticker) for part in self.task.parts)
        return replace(self, task=replace(self.task, rows=own.rows, peers=tuple(peers)))


@dataclass(frozen=True)
class PanelLearner:
    """The stages of each ticker, and how a model of all tickers is cut into folds."""

    stages: Mapping[str, Stages]
    """By ticker. Their first test row is fixed: it stays where it is when the history is cut."""
    pooled: WalkForward | None = None
    """None where each ticker has a model of its own."""

    @property
    def any(self) -> Stages:
        """The stages of one ticker: settings, ensemble and strategies are those of all."""
        return next(iter(self.stages.values()))

    def folds(self, histories: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> list[PanelFold]:
        """Return the folds of every model of the panel, from the prices and the features of its tickers."""
        if self.pooled is None:
            return [
                PanelFold((ticker, task.member), task.member, replace(task, ticker=ticker))
                for ticker, history in histories.items()
                for task in self.stages[ticker].tasks(*history)
            ]
        targets = {member.target for member in self.any.members}
        models = models_of(self.any.members, [CompleteRows.of(one, targets) for one in histories_of(histories)])
        tasks = pooled_tasks(models, days_of(histories), self.pooled)
        return [PanelFold(("", task.member), models[task.member].member, task) for task in tasks]

    def forecasts(self, histories: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
        """Return the table of forecasts of each ticker, fitted here, in the order of the histories."""
        made: dict[str, Forecasts] = {}
        if self.pooled is None:
            made = {ticker: self.stages[ticker].forecasts(*history) for ticker, history in histories.items()}
        else:
            inputs = self.any.settings.forecast.inputs
            made = forecast_pooled(histories_of(histories), self.any.members, self.pooled, inputs=inputs)
        return {ticker: one.table for ticker, one in made.items()}


def histories_of(histories: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> list[History]:
    """Return prices and features by ticker as histories."""
    return [History(prices, features, ticker) for ticker, (prices, features) in histories.items()]


def days_of(histories: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> np.ndarray:
    """Return the days on which any ticker has all features (n,), as datetime64[D]."""
    days = [complete_days(features).to_numpy().astype("datetime64[D]") for _, features in histories.values()]
    return np.unique(np.concatenate(days))
