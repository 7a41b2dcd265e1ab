"""One run as plain data: everything that its reports, and each of its tear sheets, are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import (
    BacktestResult,
    Comparison,
    CostReport,
    ForecastSummary,
    NullModels,
    RegimeResults,
    SeedDispersion,
    StopsEffect,
)
from backtrader_walkforward.evaluation.metrics import daily_returns
from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.columns import measures_of, ranking_metrics
from backtrader_walkforward.significance import Significance


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """One run: all that terminal, pages and files are made from.

    Attributes
    ----------
    prices : Prices
        The prices, with the notes of the run; the traded days are those of `comparison`.
    seed : int
        Seed of the forecasts that were traded.
    settings : mapping
        The settings that decide the results, as plain JSON values.
    comparison : Comparison
        The ranked variants and buy & hold.
    forecasts : DataFrame
        Columns close, predicted_close, predicted_return, fold, for an ensemble also forecast_spread; indexed by the
        date on which each forecast was made.
    forecast : ForecastSummary
        How the forecasts were made and how far they missed.
    significance : Significance
        How much of the ranking luck explains.
    null_models, seeds : NullModels or None, SeedDispersion or None
        None where they were not asked for.
    stops : mapping of str to StopsEffect, or None
        By the variant's name; None where no stop was on.
    costs : CostReport or None
        None where nothing costs anything.
    regimes : tuple of RegimeResults, or None
        None where no regime was asked for or filtered by.
    """

    prices: Prices
    seed: int
    settings: Mapping[str, Any]
    comparison: Comparison
    forecasts: pd.DataFrame
    forecast: ForecastSummary
    significance: Significance
    null_models: NullModels | None = None
    seeds: SeedDispersion | None = None
    stops: Mapping[str, StopsEffect] | None = None
    costs: CostReport | None = None
    regimes: tuple[RegimeResults, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class SheetTask:
    """All that one tear sheet needs, as plain data that goes to any process.

    Equity is at each close, the benchmark's on the same days. The measures are those of `results.json`; `metrics` are
    those of them at the top of the sheet. `cash_rate` is the yearly interest on cash.
    """

    ticker: str
    source: str
    equity: pd.Series
    benchmark_equity: pd.Series
    cash_rate: float
    measures: Mapping[str, Any]
    benchmark_measures: Mapping[str, Any]
    metrics: Mapping[str, Metric]
    benchmark_name: str

    @classmethod
    def of(
        cls, result: BacktestResult, benchmark: BacktestResult, ticker: str, source: str, name: str = "buy & hold"
    ) -> Self:
        """Return the task of a result; `name` is that of the benchmark."""
        return cls(
            ticker=ticker,
            source=source,
            equity=result.equity,
            benchmark_equity=benchmark.equity,
            cash_rate=result.cash_rate,
            measures=measures_of(result),
            benchmark_measures=measures_of(benchmark),
            metrics=ranking_metrics(result),
            benchmark_name=name,
        )

    @property
    def returns(self) -> pd.Series:
        """Daily changes of the equity."""
        return daily_returns(self.equity)

    @property
    def benchmark_returns(self) -> pd.Series:
        """Daily changes of the benchmark's equity."""
        return daily_returns(self.benchmark_equity)
