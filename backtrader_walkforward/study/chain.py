"""The chain: prices, features, forecasts, signals, results, significance. It is written here and nowhere else."""

from concurrent.futures import Executor
from datetime import datetime
from typing import Any

from backtrader_walkforward.data import Prices
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import assess_significance
from backtrader_walkforward.study.backtests import notes_of, record_trials, run_variants
from backtrader_walkforward.study.diagnostics import Diagnostics, run_diagnostics
from backtrader_walkforward.study.forecasts import make_forecasts, prices_of
from backtrader_walkforward.study.progress import Noted, Progress, StageStarted, silent
from backtrader_walkforward.study.result import Result
from backtrader_walkforward.study.stages import Stages
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
    settings, capital = stages.settings, stages.settings.trading.capital
    features = stages.features(prices.frame)
    progress(StageStarted("Features", f"{features.shape[1]} indicators of {len(features)} days"))
    forecasts, forecast_summary = make_forecasts(prices.frame["Close"], features, stages, executor, progress)

    progress(StageStarted("Backtest", f"{len(stages.variants) - 1} variants and buy & hold, {capital:,.0f} each"))
    runs_by_seed = {
        seed: run_variants(prices, features, made, stages.with_settings(seed=seed)) for seed, made in forecasts.items()
    }
    backtest = runs_by_seed[settings.forecast.seed]
    trials, others, trial_notes = record_trials(runs_by_seed, stages, prices, counted_as or settings)
    diagnostics = run_diagnostics(runs_by_seed, stages, executor) if diagnose else Diagnostics()
    significance = assess_significance(
        backtest.comparison,
        forecast_summary.skill,
        trials=trials,
        others=others,
        seed=settings.forecast.seed,
        out_of_range=forecast_summary.out_of_range,
        best_changes_with_seed=diagnostics.seeds.best_changes if diagnostics.seeds else None,
    )
    return Result(
        settings=settings,
        prices=prices.with_notes(*trial_notes, *notes_of(backtest, stages)),
        features=features,
        forecasts=forecasts[settings.forecast.seed].table,
        forecast_summary=forecast_summary,
        signals=backtest.signals,
        comparison=backtest.comparison,
        significance=significance,
        diagnostics=diagnostics,
    )
