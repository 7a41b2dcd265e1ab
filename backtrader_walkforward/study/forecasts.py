"""From prices to forecasts, with every seed."""

from concurrent.futures import Executor
from datetime import datetime

import pandas as pd

from backtrader_walkforward.data import Prices, load_prices, require_rows
from backtrader_walkforward.data.frequency import bars_a_year
from backtrader_walkforward.data.yahoo.client import fetch
from backtrader_walkforward.data.yahoo.load import Fetcher
from backtrader_walkforward.evaluation import ForecastSummary, correlation, measure_forecast, summarize_folds
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.forecasting import HORIZONS, Forecasts, as_text, required_rows, target_of
from backtrader_walkforward.forecasting.folds import FitId
from backtrader_walkforward.forecasting.predictor_call import require_possible
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.progress import (
    FoldFitted,
    ForecastsMade,
    PricesLoaded,
    Progress,
    StageStarted,
    silent,
)
from backtrader_walkforward.study.stages import Stages

MORE_ROWS = "ask for a longer --period, a smaller --lookback, or prices that begin earlier"


def prices_of(
    settings: Settings,
    progress: Progress = silent,
    *,
    now: datetime | None = None,
    refresh: bool = False,
    fetch: Fetcher = fetch,
) -> Prices:
    """Return the prices of the period, with the rows before it that the indicators need (`data.load_prices`)."""
    rows = warm_up(settings.forecast.timeframes)
    prices = load_prices(settings, warm_up=rows, now=now, refresh=refresh, fetch=fetch)
    needed = required_rows(settings.forecast.lookback, HORIZONS[target_of(settings)])
    require_rows(prices.frame, needed + rows, MORE_ROWS)
    progress(PricesLoaded(prices))
    return prices


def make_forecasts(
    prices: pd.DataFrame,
    features: pd.DataFrame,
    stages: Stages,
    executor: Executor | None = None,
    progress: Progress = silent,
) -> tuple[dict[int, Forecasts], ForecastSummary]:
    """Walk forward with every seed; return the forecasts by seed, and the summary of those of the run's own seed."""
    settings = stages.settings.forecast
    pools = settings.train_with and not all(member.needs_raw_inputs for member in stages.members)
    trained_with = f", trained with {', '.join(settings.train_with)}" if pools else ""
    text = f"{as_text(stages.members)}{trained_with}, a new fit every {settings.retrain_every} days"
    progress(StageStarted("Forecast", text))
    cache = stages.cache("forecasts")

    def forecasts_of(seed: int) -> Forecasts:
        def on_fold(_: FitId, fits: int) -> None:
            progress(FoldFitted(seed, fits))

        made = stages.with_settings(seed=seed).forecasts(prices, features, cache, executor, on_fold)
        require_possible(made.table, stages.members)
        return made

    by_seed = {seed: forecasts_of(seed) for seed in stages.settings.all_seeds}
    own = by_seed[settings.seed]
    summary = summarize_forecasts(own, prices, stages.settings)
    progress(ForecastsMade(summary, own.stored, own.fits, tuple(cache.notes) if cache else ()))
    return by_seed, summary


def summarize_forecasts(made: Forecasts, prices: pd.DataFrame, settings: Settings) -> ForecastSummary:
    """Return how forecasts were made, their errors fold by fold, and the one for the next session."""
    table, target = made.table, target_of(settings)
    returns, latest = next_return(prices, target), table.iloc[-1]
    return ForecastSummary(
        train_sequences=made.train_sequences,
        test_sequences=(len(table), *made.train_sequences[1:]),
        by_fold=summarize_folds(table, returns, made.epochs, made.out_of_range, made.learning_curves),
        skill=measure_forecast(table, returns, HORIZONS[target]),
        next_session={
            "forecast_date": table.index[-1].date(),
            "predicted_return": float(latest["predicted_return"]),
            "predicted_close": float(latest["predicted_close"]),
        },
        target=target,
        correlations=correlations_of(table, prices, settings),
        bars_a_year=bars_a_year(pd.DatetimeIndex(prices.index)),
    )


def correlations_of(table: pd.DataFrame, prices: pd.DataFrame, settings: Settings) -> dict[str, float | None]:
    """Return the correlations of the forecasts with the returns between the closes and between the fills."""
    earned = "return" if settings.trading.fill == "close" else "traded"
    kinds = {"return": "return", "traded": earned}
    return {name: correlation(table, next_return(prices, kind)) for name, kind in kinds.items()}
