"""The tasks of a panel with one model for all: the forecasts first, then a study a ticker."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor

from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.forecasting import Forecasts, History, as_text
from backtrader_walkforward.forecasting.folds import FitId
from backtrader_walkforward.forecasting.pooled.forecast import forecast_pooled
from backtrader_walkforward.panels.progress import PanelProgress, PooledFoldFitted
from backtrader_walkforward.panels.tasks.ticker_study import TickerTask
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.progress import StageStarted
from backtrader_walkforward.study.stages import Stages
from backtrader_walkforward.system.text import pluralize

NO_FORECAST = "too few days to learn from, or none in the test - ask for a longer --period, or use --model own"


def pooled_tasks(
    loaded: Iterator[tuple[str, Prices | UserError]],
    members: Mapping[str, Settings],
    stages: Stages,
    executor: Executor | None,
    progress: PanelProgress,
) -> Iterator[tuple[str, TickerTask | UserError]]:
    """Yield the task of each ticker, with the forecasts of one model for all, once that is fitted."""
    prices: dict[str, Prices] = {}
    for ticker, one in loaded:
        if isinstance(one, UserError):
            yield ticker, one
        else:
            prices[ticker] = one
    if not prices:
        return
    forecasts = pooled_forecasts(prices, stages, executor, progress)
    for ticker, one in prices.items():
        settings = members[ticker]
        if ticker in forecasts:
            yield ticker, TickerTask(settings, one, {settings.forecast.seed: forecasts[ticker]})
        else:
            yield ticker, UserError(NO_FORECAST)


def pooled_forecasts(
    prices: Mapping[str, Prices], stages: Stages, executor: Executor | None, progress: PanelProgress
) -> dict[str, Forecasts]:
    """Return the forecasts of one model for all tickers."""
    settings = stages.settings.forecast
    text = (
        f"{as_text(stages.members)}, one fit for {pluralize(len(prices), 'ticker')} every {settings.retrain_every} days"
    )
    progress(StageStarted("Forecast", text))

    def on_fold(_: FitId, fits: int) -> None:
        progress(PooledFoldFitted(fits))

    return forecast_pooled(
        (History(one.frame, stages.with_prices(one).features(one.frame), ticker) for ticker, one in prices.items()),
        stages.members,
        stages.walk_forward,
        executor,
        on_fold,
        stages.cache("forecasts"),
        inputs=settings.inputs,
    )
