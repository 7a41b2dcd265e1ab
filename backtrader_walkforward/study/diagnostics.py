"""Diagnostics: comparisons of the ranking with null models, other seeds, no costs, no stops, and by regime."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace

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
from backtrader_walkforward.null_models.run import run_null_models
from backtrader_walkforward.study.backtests import BacktestRun
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.system.cache import Cache


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
    runs_by_seed: dict[int, BacktestRun], stages: Stages, executor: Executor | None = None
) -> Diagnostics:
    """Run all comparisons that the settings ask for."""
    settings = stages.settings
    backtest = runs_by_seed[settings.forecast.seed]
    signals, comparison = backtest.signals, backtest.comparison
    return Diagnostics(
        null_models=compare_to_null_models(backtest, stages, executor),
        seeds=SeedDispersion.of({seed: one.comparison for seed, one in runs_by_seed.items()})
        if settings.forecast.seeds > 1
        else None,
        costs=compare_to_no_costs(backtest, stages),
        stops=effects_of_stops(signals, stages.variants[:-1], comparison.ranked, settings),
        regimes=results_by_regime(backtest.results, signals) or None,
    )


def compare_to_null_models(
    backtest: BacktestRun, stages: Stages, executor: Executor | None = None
) -> NullModels | None:
    """Run the null models of every strategy; None where no draws are asked for."""
    settings = stages.settings
    if not settings.report.null_models:
        return None
    cache = Cache("null_models", settings.machine.cache_dir) if settings.machine.use_cache else None
    return run_null_models(backtest.signals, stages.variants[:-1], backtest.comparison, settings, executor, cache)


def compare_to_no_costs(backtest: BacktestRun, stages: Stages) -> CostReport | None:
    """Run every variant without costs and compare; None where there are no costs."""
    if not stages.settings.has_costs:
        return None
    *results, benchmark = replace(stages, settings=stages.settings.without_costs()).results(backtest.signals)
    return CostReport.of(backtest.comparison, Comparison.of(results, benchmark))
