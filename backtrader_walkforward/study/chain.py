"""The chain: prices, features, forecasts, signals, results, significance. It is written here and nowhere else."""

from concurrent.futures import Executor
from datetime import datetime
from typing import Any

from backtrader_walkforward.data import Prices
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.backtests import notes_of, run_variants
from backtrader_walkforward.study.diagnostics import Diagnostics, run_diagnostics
from backtrader_walkforward.study.forecasts import make_forecasts, prices_of
from backtrader_walkforward.study.progress import BacktestStarted, Noted, Progress, silent
from backtrader_walkforward.study.result import Result
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.study.trials import assess, record_trials
from backtrader_walkforward.system.processes import process_pool


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
    named = {} if ticker is None else {"ticker": ticker.upper()}
    chosen = settings.replace(**named, **values) if settings else Settings.of(**named, **values)
    if executor is not None:
        return run_study(chosen, executor, progress)
    with process_pool(chosen.machine.workers) as pool:
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
    prices = prices_of(settings, progress, now=now)
    result = study_prices(prices, stages, executor, progress)
    progress(Noted(result.prices.notes[len(prices.notes) :]))
    return result


def study_prices(
    prices: Prices,
    stages: Stages,
    executor: Executor | None = None,
    progress: Progress = silent,
    *,
    counted_as: Settings | None = None,
    diagnose: bool = True,
) -> Result:
    """Go from the prices to the result.

    Parameters
    ----------
    counted_as : Settings, optional
        The settings that identify the trials, where they are not those of the study.
    diagnose : bool
        Whether to run the diagnostics.
    """
    settings = stages.settings
    forecasts = make_forecasts(prices, stages, executor, progress)

    progress(BacktestStarted(len(stages.variants) - 1, settings.trading.capital))
    runs_by_seed = {
        seed: run_variants(prices, forecasts.features, made, stages.with_settings(seed=seed))
        for seed, made in forecasts.by_seed.items()
    }
    backtest = runs_by_seed[settings.forecast.seed]
    trials = record_trials(runs_by_seed, stages, prices, counted_as)
    notes = (*trials.notes, *notes_of(backtest, stages))
    diagnostics = run_diagnostics(runs_by_seed, stages, executor) if diagnose else Diagnostics()
    significance = assess(backtest.comparison, forecasts.summary, trials, settings, diagnostics.seeds)
    return Result(
        settings=settings,
        prices=prices.with_notes(*notes),
        features=forecasts.features,
        forecasts=forecasts.by_seed[settings.forecast.seed].table,
        forecast_summary=forecasts.summary,
        signals=backtest.signals,
        comparison=backtest.comparison,
        significance=significance,
        diagnostics=diagnostics,
    )
