"""Diagnostics: comparisons of the ranking with null models, other seeds, no costs, no stops, and by regime."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import pandas as pd

from backtrader_walkforward.backtest import effects_of_stops
from backtrader_walkforward.evaluation import (
    Comparison,
    CostReport,
    NullModels,
    RegimeResults,
    SeedDispersion,
    StopsEffect,
    results_by_regime,
)
from backtrader_walkforward.null_models import run_null_models
from backtrader_walkforward.study.stages import Stages


@dataclass(frozen=True, kw_only=True)
class Diagnostics:
    """Comparisons with the ranking; None where one was not asked for.

    Attributes
    ----------
    null_models : NullModels, optional
        Strategies without information, run through the same broker.
    seeds : SeedDispersion, optional
        The same walk-forward with other seeds.
    costs : CostReport, optional
        The same run without costs.
    stops : mapping of str to StopsEffect, optional
        The same run without stops, by variant.
    regimes : tuple of RegimeResults, optional
        The results in each market regime.
    """

    null_models: NullModels | None = None
    seeds: SeedDispersion | None = None
    costs: CostReport | None = None
    stops: Mapping[str, StopsEffect] | None = None
    regimes: tuple[RegimeResults, ...] | None = None


def run_diagnostics(
    signals: pd.DataFrame, comparisons: Mapping[int, Comparison], stages: Stages, executor: Executor | None = None
) -> Diagnostics:
    """Run all comparisons that the settings ask for, with the signals and the ranking of the run's own seed."""
    settings, variants = stages.settings, stages.variants[:-1]
    comparison = comparisons[settings.forecast.seed]
    null_models = seeds = costs = None
    if settings.report.null_models:
        null_models = run_null_models(signals, variants, comparison, settings, executor, stages.cache("null_models"))
    if settings.forecast.seeds > 1:
        seeds = SeedDispersion.of(comparisons)
    if settings.has_costs:
        costs = CostReport.of(comparison, replace(stages, settings=settings.without_costs()).compare(signals))
    return Diagnostics(
        null_models=null_models,
        seeds=seeds,
        costs=costs,
        stops=effects_of_stops(signals, variants, comparison.ranked, settings),
        regimes=results_by_regime(comparison.results, signals) or None,
    )
