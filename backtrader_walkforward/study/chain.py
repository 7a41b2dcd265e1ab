"""The chain: prices, features, forecasts, signals, results, significance. It is written here and nowhere else."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import pandas as pd

from backtrader_walkforward.backtest import notes_on
from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.frequency import bars_text, tested_text
from backtrader_walkforward.evaluation import Comparison, Diagnostics
from backtrader_walkforward.features import complete_days
from backtrader_walkforward.forecasting import Forecasts, as_text
from backtrader_walkforward.forecasting.walk_forward import MIN_TRAIN_WINDOWS
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.regimes import notes_on_regimes
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import filters_of
from backtrader_walkforward.significance import active_accounts, assess_significance
from backtrader_walkforward.significance.trials import Earlier, TrialRegistry, record_run, trials_of
from backtrader_walkforward.significance.verdict.answer import IN_PANEL, PRACTICE
from backtrader_walkforward.study.arguments import chosen_settings
from backtrader_walkforward.study.diagnostics import run_diagnostics
from backtrader_walkforward.study.duration import seconds_of_run
from backtrader_walkforward.study.forecasts import make_forecasts, prices_of, summarize_forecasts
from backtrader_walkforward.study.look_ahead import require_no_look_ahead
from backtrader_walkforward.study.plugin_notes import notes_on_plugins
from backtrader_walkforward.study.progress import Noted, Progress, StageStarted, WorkSized, silent
from backtrader_walkforward.study.result import Result
from backtrader_walkforward.study.same_trading import notes_on_same_trading
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.system.text import pluralize


def run(
    ticker: str | None = None,
    *,
    settings: Settings | None = None,
    executor: Executor | None = None,
    progress: Progress = silent,
    **values: Any,
) -> Result:
    """Study one ticker: forecast it walk-forward, trade the forecast with every strategy, and judge the result.

    ::

        result = wf.run("AAPL", period=730, predictor="ridge")
        result.verdict, result.table, result["kelly"].equity

    Nothing is printed, and no file is written but to the user's cache and ledger of trials.

    Parameters
    ----------
    ticker : str, optional
        Symbol as Yahoo writes it; that of the settings if left out.
    settings : Settings, optional
        Settings to begin with; the defaults if left out.
    executor : Executor, optional
        Processes for the fits and the null models: anything with the interface of `concurrent.futures.Executor`.
        Left out, `workers` processes are started and ended here; one worker is this process.
    progress : callable, optional
        Function of one event (`study.progress`).
    **values
        Settings by their names: `lookback=30`. The options of the command have the same names.

    Returns
    -------
    Result

    Raises
    ------
    UserError
        If the prices, the settings, a predictor or a strategy do not allow a result. Its text says what to do.
    """
    named = {} if ticker is None else {"ticker": ticker}
    chosen = chosen_settings(settings, named | values, executor=executor, progress=progress)
    chosen.refuse_others("run")
    with process_pool(chosen.machine.workers) if executor is None else nullcontext(executor) as pool:
        return run_study(chosen, pool, progress)


def run_study(
    settings: Settings,
    executor: Executor | None = None,
    progress: Progress = silent,
    *,
    now: datetime | None = None,
) -> Result:
    """Go from the settings to the result; without an executor all work is done in this process.

    Parameters
    ----------
    now : datetime, optional
        The present, with a time zone; the machine's clock by default.
    """
    stages = Stages.of(settings)  # first: an unknown name is refused before anything is fetched
    faults = notes_on_plugins()
    prices = prices_of(settings, progress, now=now).with_notes(*faults)
    progress(Noted(faults))
    result = study_prices(prices, stages, executor, progress)
    progress(Noted(result.study_notes))
    return result


def study_prices(
    prices: Prices,
    stages: Stages,
    executor: Executor | None = None,
    progress: Progress = silent,
    *,
    diagnose: bool = True,
    in_panel: bool = False,
    forecasts: Mapping[int, Forecasts] | None = None,
) -> Result:
    """Go from the prices to the result.

    Parameters
    ----------
    diagnose : bool
        Whether null models and all other comparisons of the settings are made.
    in_panel : bool
        Whether the ticker is one of a panel, which is judged as a whole: the study is then no trial and has no verdict.
    forecasts : mapping of int to Forecasts, optional
        Forecasts of each seed that were made elsewhere.
    """
    stages = stages.with_prices(prices)
    settings, capital = stages.settings, stages.settings.trading.capital
    features = stages.features(prices.frame)
    progress(StageStarted("Features", f"{features.shape[1]} indicators of {bars_text(features)}"))
    if not in_panel:
        progress(WorkSized(seconds_of_run(stages, complete_days(features))))
    if forecasts is None:
        forecasts, forecast_summary = make_forecasts(prices.frame, features, stages, executor, progress)
    else:
        forecast_summary = summarize_forecasts(forecasts[settings.forecast.seed], prices.frame, settings)

    variants = pluralize(len(stages.variants) - 1, "variant")
    span = tested_text(forecast_summary.test_sequences[0] - 1, prices.frame)
    progress(StageStarted("Backtest", f"{variants} and buy & hold, {capital:,.0f} each, {span}"))
    by_seed = {seed: stages.with_settings(seed=seed) for seed in forecasts}
    traded = {seed: one.signals(prices.frame, features, forecasts[seed].table) for seed, one in by_seed.items()}
    comparisons = {seed: one.compare(traded[seed]) for seed, one in by_seed.items()}
    signals, comparison = traded[settings.forecast.seed], comparisons[settings.forecast.seed]
    unchecked = require_no_look_ahead(signals, stages.variants, comparison.ranked, settings)
    earlier, trial_notes = (Earlier(), []) if in_panel else record_trials(comparisons, stages, prices)
    if settings.report.importance:
        progress(StageStarted("Importance", f"each of {features.shape[1]} indicators from other days, in every fold"))
    own = forecasts[settings.forecast.seed]
    diagnostics = run_diagnostics(signals, comparisons, own, stages, executor) if diagnose else Diagnostics()
    significance = assess_significance(
        comparison,
        forecast_summary.skill,
        earlier=earlier.accounts,
        looks=earlier.looks,
        seed=settings.forecast.seed,
        out_of_range=forecast_summary.out_of_range,
        best_changes_with_seed=diagnostics.seeds.best_changes if diagnostics.seeds else None,
        bars=len(complete_days(features)),
        undecided=IN_PANEL if in_panel else PRACTICE if settings.report.practice else None,
    )
    return Result(
        settings=settings,
        prices=prices,
        features=features,
        forecasts=own.table,
        forecast_summary=forecast_summary,
        signals=signals,
        comparison=comparison,
        significance=significance,
        diagnostics=diagnostics,
        study_notes=(*trial_notes, *notes_of(signals, comparison, stages), *notes_on_peers(own, stages), *unchecked),
    )


def record_trials(comparisons: dict[int, Comparison], stages: Stages, prices: Prices) -> tuple[Earlier, list[str]]:
    """Record the trials of every seed; return what the test of the run's own seed has to count, and notes."""
    settings, registry = stages.settings, TrialRegistry(stages.settings.machine.cache_dir)
    by_seed = {
        seed: trials_of(active_accounts(comparison), settings.replace(seed=seed), prices, stages.plugins)
        for seed, comparison in comparisons.items()
    }
    own = by_seed.pop(settings.forecast.seed)
    others = [trial for trials in by_seed.values() for trial in trials]
    return record_run(registry, own, others, practice=settings.report.practice)


def notes_of(signals: pd.DataFrame, comparison: Comparison, stages: Stages) -> tuple[str, ...]:
    """Return a line on each event in the accounts, on unknown regimes and filters, and on seeds without effect."""
    settings, forecast = stages.settings, stages.settings.forecast
    on_regimes = notes_on_regimes(signals, filters_of(stages.variants, settings))
    notes = (*notes_on(comparison.results, settings), *notes_on_same_trading(comparison.ranked), *on_regimes)
    if forecast.seeds == 1 or any(member.is_random for member in stages.members):
        return notes
    without_effect = f"{forecast.predictor} forecasts the same with any seed"
    return (*notes, f"{without_effect}: that {forecast.seeds} seeds agree says nothing")


def notes_on_peers(forecasts: Forecasts, stages: Stages) -> Iterator[str]:
    """Yield a line on each predictor that learns from no other ticker, and on each ticker that fits do without."""
    tickers = stages.settings.forecast.train_with
    for member in {type(member): member for member in stages.members if tickers and member.needs_raw_inputs}.values():
        yield f"{as_text([member])} takes the indicators as they are, and learns nothing from {', '.join(tickers)}"
    fits = [task for task in forecasts.tasks if not task.predictor.needs_raw_inputs]
    for ticker in tickers:
        without = sum(all(part.ticker != ticker for part in task.peers) for task in fits)
        if without:
            few = f"fewer than {MIN_TRAIN_WINDOWS} training windows of it"
            yield f"{ticker}: {without} of {pluralize(len(fits), 'fit')} did without it, as there were {few}"
