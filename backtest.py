"""One ticker, one Cerebro, one pass over the data: every variant trades the same forecasts in accounts of its own."""

from collections.abc import Iterable
from typing import Any

import backtrader as bt
import pandas as pd

from analyzers import BacktestResult, ClosedTrades, EquityCurve, Exposure, Fills, Metrics, RejectedOrders
from analyzers.measures import daily_returns
from analyzers.performance import measure_performance
from brokers import SubAccountBroker
from config import Config
from feeds.forecast_feed import ForecastFeed
from strategies import SizingStrategy
from strategies.variants import Variant

ANALYZERS = (EquityCurve, Exposure, Fills, ClosedTrades, RejectedOrders)


def market_of(prices: pd.DataFrame, features: pd.DataFrame, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return all bars with the lines of `ForecastFeed`; NaN is the forecast of those before the first that has one.

    Each row holds what is known at its close: `median_volatility` is the median of the volatilities up to that row,
    those of the training rows included.
    """
    volatility = features["volatility"]
    lines = forecasts[["predicted_return", "predicted_close"]]
    return prices.assign(volatility=volatility, median_volatility=volatility.expanding().median()).join(lines)


def run_backtest(
    market: pd.DataFrame, variants: Iterable[Variant], config: Config, *, bar_by_bar: bool = False
) -> list[BacktestResult]:
    """Run all `variants` over `market` and return their results in the same order.

    They begin on the first day that has a forecast; the bars before it let their indicators warm up.

    Parameters
    ----------
    market : DataFrame
        Bars with forecasts, as `market_of` makes them.
    variants : iterable of Variant
        What to run; each starts with `config.capital` of its own.
    config : Config
        Of it, the trading settings.
    bar_by_bar : bool
        Load each bar when its turn comes, and compute no indicator in one go: slower, the same results, and no bar to
        come is there to be looked at.
    """
    variants = list(variants)
    first_day = market["predicted_return"].first_valid_index()
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=market))
    cerebro.setbroker(
        SubAccountBroker(cash=config.capital, coc=config.fill == "close", whole_shares=config.whole_shares)
    )
    for variant in variants:
        settings = own_settings_kept(variant.strategy, allow_short=config.allow_short, threshold=config.threshold)
        cerebro.addstrategy(variant.strategy, active_share=variant.active_share, first_day=first_day, **settings)
    for analyzer in ANALYZERS:
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    played = cerebro.run(preload=not bar_by_bar, runonce=not bar_by_bar)
    return [result_of(variant, strategy) for variant, strategy in zip(variants, played, strict=True)]


def own_settings_kept(strategy: type[SizingStrategy], **settings: Any) -> dict[str, Any]:
    """Return `settings` without those for which the class has a default of its own: its author meant it."""
    base, own = (owner.params._getpairs() for owner in (SizingStrategy, strategy))  # type: ignore[attr-defined]
    return {name: value for name, value in settings.items() if own[name] == base[name]}


def notes_on(results: Iterable[BacktestResult], config: Config) -> tuple[str, ...]:
    """Return a line on everything that happened to an account which a reader must know."""
    results = list(results)
    notes = [
        f"{result.name}: an account was ruined on {result.metrics.ruined} and closed"
        for result in results
        if result.metrics.ruined
    ]
    if config.whole_shares and all(result.orders.empty for result in results):
        notes.append("no variant could pay for a whole share: raise --capital, or leave out --whole-shares")
    return tuple(notes)


def result_of(variant: Variant, strategy: SizingStrategy) -> BacktestResult:
    """Collect what the analyzers saw of one variant."""
    curve, exposure, orders, trades, rejected = (
        getattr(strategy.analyzers, analyzer.__name__).get_analysis() for analyzer in ANALYZERS
    )
    orders.insert(1, "strategy", variant.name)
    metrics = Metrics(
        **measure_performance(curve["equity"]),
        **rejected,
        win_rate=trades["win_rate"],
        trades=len(trades["trades"]),
        exposure=exposure["mean_exposure"],
        turnover=exposure["turnover"],
        ruined=strategy.broker.ruined,
    )
    return BacktestResult(
        name=variant.name,
        kind=variant.kind,
        equity=curve["equity"],
        accounts=curve["accounts"],
        returns=daily_returns(curve["equity"]),
        weights=exposure["weights"],
        exposure=exposure["exposure"],
        orders=orders,
        trades=trades["trades"],
        metrics=metrics,
    )
