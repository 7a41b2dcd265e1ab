"""The stages of a run between its prices and its reports, each a function of what the one before left."""

from concurrent.futures import Executor
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from backtrader_walkforward.backtest import effects_of_stops, notes_on, run_backtest
from backtrader_walkforward.data import Prices, load_prices, require_rows
from backtrader_walkforward.evaluation import BacktestResult, Comparison, CostReport, ForecastSkill, measure_forecast
from backtrader_walkforward.evaluation.by_regime import RegimeResults, results_by_regime
from backtrader_walkforward.evaluation.by_seed import SeedDispersion
from backtrader_walkforward.evaluation.null_percentiles import NullModels
from backtrader_walkforward.evaluation.stops_effect import StopsEffect
from backtrader_walkforward.features import compute_features, warm_up
from backtrader_walkforward.forecasting import (
    ForecastCache,
    Forecasts,
    as_text,
    ensemble_members,
    forecast,
    required_rows,
    walk_forward_of,
)
from backtrader_walkforward.null_models.cache import NullModelCache
from backtrader_walkforward.null_models.run import run_null_models
from backtrader_walkforward.regimes import notes_on_regimes
from backtrader_walkforward.reports import ForecastSummary, RunSummary
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import build_signals, filters_of
from backtrader_walkforward.significance import Significance, TrialRatios, assess_significance
from backtrader_walkforward.significance.trials import TrialRegistry, trials_of
from backtrader_walkforward.system.sqlite_store import cache_folder, data_folder
from backtrader_walkforward.trading.variants import BENCHMARK, Variant

MORE_ROWS = "ask for a longer --period, a smaller --lookback, or prices that begin earlier"


def prices_of(settings: Settings, terminal: Terminal, *, now: datetime | None = None, refresh: bool = False) -> Prices:
    """Return the prices of the period with the rows that the indicators need before it (`feeds.load_prices`)."""
    warm_up_rows = warm_up(settings.forecast.timeframes)
    prices = load_prices(settings, warm_up=warm_up_rows, now=now, refresh=refresh)
    require_rows(prices.frame, required_rows(settings.forecast.lookback) + warm_up_rows, MORE_ROWS)
    terminal.prices(prices.ticker, prices.source, prices.frame, prices.notes)
    return prices


class ForecastStage(NamedTuple):
    """What the prices gave before anything is traded; the facts are on the forecasts of the run's own seed."""

    features: pd.DataFrame
    by_seed: dict[int, Forecasts]
    summary: ForecastSummary


def make_forecasts(prices: Prices, settings: Settings, pool: Executor | None, terminal: Terminal) -> ForecastStage:
    """Compute the features, walk forward with every seed, and measure the forecasts."""
    features = compute_features(prices.frame, settings.forecast.timeframes)
    terminal.stage("Features", f"{features.shape[1]} indicators of {len(features)} days")

    terminal.stage(
        "Forecast", f"{as_text(ensemble_members(settings))}, fitted anew every {settings.forecast.retrain_every} days"
    )
    store = ForecastCache(cache_folder(settings.machine.cache_dir)) if settings.machine.use_cache else None
    by_seed = {
        seed: forecasts_of(settings.replace(seed=seed), prices, features, pool, terminal, store)
        for seed in settings.all_seeds
    }
    forecasts = by_seed[settings.forecast.seed]
    terminal.stored(forecasts.stored, forecasts.fits, store.notes if store else ())
    skill = measure_forecast(forecasts.table, prices.frame["Close"])
    summary = summarize_forecasts(forecasts, skill, settings.forecast.lookback)
    terminal.forecast(summary)
    return ForecastStage(features, by_seed, summary)


def forecasts_of(
    settings: Settings,
    prices: Prices,
    features: pd.DataFrame,
    pool: Executor | None,
    terminal: Terminal,
    store: ForecastCache | None,
) -> Forecasts:
    """Walk forward with the seed of `settings`."""
    with terminal.progress(f"training, seed {settings.forecast.seed}") as on_fold:
        return forecast(
            prices.frame["Close"], features, ensemble_members(settings), walk_forward_of(settings), pool, on_fold, store
        )


class BacktestRun(NamedTuple):
    """What one seed's forecasts were traded on, and what came out."""

    signals: pd.DataFrame
    comparison: Comparison

    @property
    def results(self) -> list[BacktestResult]:
        """All of them, ranked, buy & hold last."""
        return [*self.comparison.ranked, self.comparison.benchmark]


def run_variants(
    prices: Prices, features: pd.DataFrame, forecasts: Forecasts, variants: list[Variant], settings: Settings
) -> BacktestRun:
    """Trade the forecasts with every variant and compare."""
    signals = build_signals(prices.frame, features, forecasts.table, settings, variants)
    *results, benchmark = run_backtest(signals, [*variants, BENCHMARK], settings)
    return BacktestRun(signals, Comparison.of(results, benchmark))


def notes_of(backtest: BacktestRun, variants: list[Variant], settings: Settings) -> tuple[str, ...]:
    """Return a line on all that happened to the accounts, on the regimes they were in, and on seeds that are none."""
    on_regimes = notes_on_regimes(backtest.signals, filters_of(variants, settings))
    return (*notes_on(backtest.results, settings), *on_regimes, *notes_on_seeds(settings))


def notes_on_seeds(settings: Settings) -> list[str]:
    """Return a line where several seeds were asked for of a forecast that has no randomness."""
    if settings.forecast.seeds == 1 or any(member.is_random for member in ensemble_members(settings)):
        return []
    return [
        f"{settings.forecast.predictor} forecasts the same with any seed: that {settings.forecast.seeds} seeds agree"
        " says nothing"
    ]


class TrialCount(NamedTuple):
    """What was ever tried on the ticker."""

    trials: int | None
    """Distinct ones, None where that is unknown."""
    others: tuple[TrialRatios, ...]
    """Those that are not in the ranking."""
    notes: tuple[str, ...]


def record_trials(
    runs_by_seed: dict[int, BacktestRun], variants: list[Variant], prices: Prices, settings: Settings
) -> TrialCount:
    """Record what was tried with every seed; return what the ticker has by now."""
    registry = TrialRegistry(data_folder(settings.machine.cache_dir))
    by_seed = {
        seed: trials_of(backtest.comparison, variants, settings.replace(seed=seed), prices)
        for seed, backtest in runs_by_seed.items()
    }
    trials = registry.record([trial for tried in by_seed.values() for trial in tried])
    others = () if trials is None else registry.others(settings.data.ticker, by_seed[settings.forecast.seed])
    return TrialCount(trials, others, tuple(registry.notes))


def assessed(
    comparison: Comparison,
    forecast: ForecastSummary,
    tried: TrialCount,
    settings: Settings,
    seeds: SeedDispersion | None = None,
) -> Significance:
    """Say what luck and the market explain of the ranking."""
    return assess_significance(
        comparison,
        forecast.skill,
        trials=tried.trials,
        others=tried.others,
        seed=settings.forecast.seed,
        out_of_range=forecast.out_of_range,
        best_changes_with_seed=seeds.best_changes if seeds else None,
    )


class Diagnostics(NamedTuple):
    """What stands beside the ranking; None where it was not asked for."""

    null_models: NullModels | None
    seeds: SeedDispersion | None
    costs: CostReport | None
    stops: dict[str, StopsEffect] | None
    regimes: tuple[RegimeResults, ...] | None


def run_diagnostics(
    runs_by_seed: dict[int, BacktestRun], variants: list[Variant], settings: Settings, pool: Executor | None
) -> Diagnostics:
    """Trade and measure all that is to stand beside the ranking; the nulls in the pool, where it is free."""
    signals, comparison = backtest = runs_by_seed[settings.forecast.seed]
    return Diagnostics(
        null_models=compare_to_null_models(comparison, signals, variants, settings, pool),
        seeds=SeedDispersion.of({seed: one.comparison for seed, one in runs_by_seed.items()})
        if settings.forecast.seeds > 1
        else None,
        costs=costs_of(comparison, signals, variants, settings),
        stops=effects_of_stops(signals, variants, comparison.ranked, settings),
        regimes=results_by_regime(backtest.results, signals) or None,
    )


def compare_to_null_models(
    comparison: Comparison,
    signals: pd.DataFrame,
    variants: list[Variant],
    settings: Settings,
    pool: Executor | None,
) -> NullModels | None:
    """Trade what knows nothing beside the variants; None where no draws are asked for."""
    if not settings.report.null_models:
        return None
    store = NullModelCache(cache_folder(settings.machine.cache_dir)) if settings.machine.use_cache else None
    return run_null_models(signals, variants, comparison, settings, pool, store)


def costs_of(
    comparison: Comparison, signals: pd.DataFrame, variants: list[Variant], settings: Settings
) -> CostReport | None:
    """Trade everything again for free, and compare; None where nothing costs anything."""
    if not settings.has_costs:
        return None
    *results, benchmark = run_backtest(signals, [*variants, BENCHMARK], settings.without_costs())
    return CostReport.of(comparison, Comparison.of(results, benchmark))


def summarize_forecasts(forecasts: Forecasts, skill: ForecastSkill, lookback: int) -> ForecastSummary:
    """Return what the reports say of the forecasts."""
    window = (lookback, forecasts.n_features)
    latest = forecasts.table.iloc[-1]
    return ForecastSummary(
        train_sequences=(forecasts.train_sequences, *window),
        test_sequences=(forecasts.test_sequences, *window),
        folds=forecasts.folds,
        epochs=forecasts.epochs,
        out_of_range=forecasts.out_of_range,
        skill=skill,
        next_session={
            "forecast_date": forecasts.table.index[-1].date(),
            "predicted_return": float(latest["predicted_return"]),
            "predicted_close": float(latest["predicted_close"]),
        },
    )


def summarize_run(
    settings: Settings,
    prices: Prices,
    forecasts: ForecastStage,
    comparison: Comparison,
    significance: Significance,
    diagnostics: Diagnostics,
) -> RunSummary:
    """Return all that the reports are made from."""
    table = forecasts.by_seed[settings.forecast.seed].table
    return RunSummary(
        ticker=prices.ticker,
        source=prices.source,
        first_date=prices.frame.index[0].date(),
        last_date=prices.frame.index[-1].date(),
        rows=len(prices.frame),
        seed=settings.forecast.seed,
        data_sha256=prices.sha256,
        settings=settings.of_the_result(),
        comparison=comparison,
        forecasts=table.assign(close=prices.frame["Close"]),
        forecast=forecasts.summary,
        significance=significance,
        notes=prices.notes,
        **diagnostics._asdict(),
    )
