"""The comparisons with the ranking that the settings ask for."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.backtest import run_without_stops
from backtrader_walkforward.evaluation import (
    Comparison,
    Diagnostics,
    Importance,
    SeedDispersion,
    WithoutCosts,
    measure_importance,
    results_by_regime,
)
from backtrader_walkforward.forecasting import Forecasts, target_of
from backtrader_walkforward.forecasting.permuted_forecasts import permuted_forecasts
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.null_models import run_null_models
from backtrader_walkforward.study.stages import Stages


def run_diagnostics(
    signals: pd.DataFrame,
    comparisons: Mapping[int, Comparison],
    forecasts: Forecasts,
    stages: Stages,
    executor: Executor | None = None,
) -> Diagnostics:
    """Run all that the settings ask for, with the signals, the forecasts and the ranking of the run's own seed."""
    settings, variants = stages.settings, stages.variants[:-1]
    comparison = comparisons[settings.forecast.seed]
    null_models = seeds = costs = None
    if settings.report.null_models:
        null_models = run_null_models(signals, variants, comparison, settings, executor, stages.cache("null_models"))
    if settings.forecast.seeds > 1:
        seeds = SeedDispersion.of(comparisons)
    if settings.has_costs:
        costs = WithoutCosts.by_name(replace(stages, settings=settings.without_costs()).compare(signals))
    return Diagnostics(
        null_models=null_models,
        seeds=seeds,
        costs=costs,
        stops=run_without_stops(signals, variants, comparison.ranked, settings) or None,
        regimes=results_by_regime(comparison.results, signals) or None,
        importance=importance_of(forecasts, signals, stages, executor) if settings.report.importance else None,
    )


def importance_of(
    forecasts: Forecasts, prices: pd.DataFrame, stages: Stages, executor: Executor | None = None
) -> Importance:
    """Return the importance of each feature of the forecasts."""
    permuted = permuted_forecasts(forecasts, prices["Close"], executor, stages.cache("forecasts"))
    returns = next_return(prices, target_of(stages.settings))
    return measure_importance(forecasts.table, returns, permuted, forecasts.features)
