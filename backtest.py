"""One ticker, one Cerebro, one pass over the data: every variant trades the same forecasts in accounts of its own."""

from collections.abc import Iterable

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
    """Return the bars that are traded: those on which a forecast was made, with the lines of `ForecastFeed`.

    Each row holds what is known at its close: `median_volatility` is the median of the volatilities up to that row,
    those of the training rows included.
    """
    volatility = features["volatility"]
    lines = forecasts[["predicted_return", "predicted_close"]].assign(
        volatility=volatility, median_volatility=volatility.expanding().median()
    )
    return prices.join(lines, how="inner")


def run_backtest(market: pd.DataFrame, variants: Iterable[Variant], config: Config) -> list[BacktestResult]:
    """Run all `variants` over `market` and return their results in the same order.

    Parameters
    ----------
    market : DataFrame
        Bars with forecasts, as `market_of` makes them.
    variants : iterable of Variant
        What to run; each starts with `config.capital` of its own.
    config : Config
        Of it, the trading settings.
    """
    variants = list(variants)
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=market))
    cerebro.setbroker(
        SubAccountBroker(cash=config.capital, coc=config.fill == "close", whole_shares=config.whole_shares)
    )
    for variant in variants:
        cerebro.addstrategy(
            variant.strategy,
            active_share=variant.active_share,
            allow_short=config.allow_short,
            threshold=config.threshold,
        )
    for analyzer in ANALYZERS:
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    return [result_of(variant, strategy) for variant, strategy in zip(variants, cerebro.run(), strict=True)]


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
