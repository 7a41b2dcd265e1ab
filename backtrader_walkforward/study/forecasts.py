"""From prices to forecasts, with every seed."""

from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from backtrader_walkforward.data import Prices, load_prices, require_rows
from backtrader_walkforward.evaluation import ForecastSkill, ForecastSummary, measure_forecast
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.forecasting import Forecasts, as_text, required_rows
from backtrader_walkforward.forecasting.folds import FoldForecast
from backtrader_walkforward.forecasting.walk_forward_forecast import OnFold
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.progress import (
    FeaturesComputed,
    FoldFitted,
    ForecastsMade,
    ForecastsStarted,
    PricesLoaded,
    Progress,
    silent,
)
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.system.cache import Cache

MORE_ROWS = "ask for a longer --period, a smaller --lookback, or prices that begin earlier"


@dataclass(frozen=True)
class ForecastStage:
    """Features, forecasts by seed, and the summary of the forecasts of the run's own seed."""

    features: pd.DataFrame
    by_seed: dict[int, Forecasts]
    summary: ForecastSummary


def prices_of(
    settings: Settings, progress: Progress = silent, *, now: datetime | None = None, refresh: bool = False
) -> Prices:
    """Return the prices of the period, with the rows before it that the indicators need (`data.load_prices`)."""
    rows = warm_up(settings.forecast.timeframes)
    prices = load_prices(settings, warm_up=rows, now=now, refresh=refresh)
    require_rows(prices.frame, required_rows(settings.forecast.lookback) + rows, MORE_ROWS)
    progress(PricesLoaded(prices))
    return prices


def make_forecasts(
    prices: Prices, stages: Stages, executor: Executor | None = None, progress: Progress = silent
) -> ForecastStage:
    """Compute the features, walk forward with every seed, and measure the forecasts."""
    settings, close = stages.settings, prices.frame["Close"]
    features = stages.features(prices.frame)
    progress(FeaturesComputed(features.shape[1], len(features)))
    progress(ForecastsStarted(as_text(stages.members), settings.forecast.retrain_every))
    cache = Cache("forecasts", settings.machine.cache_dir) if settings.machine.use_cache else None
    by_seed = {
        seed: stages.with_settings(seed=seed).forecasts(close, features, cache, executor, fold_events(progress, seed))
        for seed in settings.all_seeds
    }
    own = by_seed[settings.forecast.seed]
    summary = summarize_forecasts(own, measure_forecast(own.table, close), settings.forecast.lookback)
    progress(ForecastsMade(summary, own.stored, own.fits, tuple(cache.notes) if cache else ()))
    return ForecastStage(features, by_seed, summary)


def fold_events(progress: Progress, seed: int) -> OnFold:
    """Return a function that reports each fit of a seed."""

    def on_fold(_: FoldForecast, fits: int) -> None:
        progress(FoldFitted(seed, fits))

    return on_fold


def summarize_forecasts(forecasts: Forecasts, skill: ForecastSkill, lookback: int) -> ForecastSummary:
    """Return how the forecasts were made, their errors, and the forecast of the next session."""
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
