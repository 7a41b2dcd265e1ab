"""One Cerebro with every variant: feed, broker, strategies and analyzers."""

from collections.abc import Iterable, Mapping
from typing import Any

import backtrader as bt
import pandas as pd

from backtrader_walkforward.brokers import TradingCosts
from backtrader_walkforward.plugins import place_of
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.settings.settings import STOPS, Settings
from backtrader_walkforward.trading import SizingStrategy, StrategyError
from backtrader_walkforward.trading.analyzers import failure_of_a_plugin
from backtrader_walkforward.trading.fixed_terms import FixedTermsBroker
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.variants import Variant, params_of


def run_cerebro(
    signals: pd.DataFrame,
    variants: Iterable[Variant],
    settings: Settings,
    analyzers: Mapping[str, type[bt.Analyzer]],
    *,
    bar_by_bar: bool = False,
    without_stops: bool = False,
    feed: ForecastFeed | None = None,
) -> list[SizingStrategy]:
    """Build the Cerebro, run it and return the strategies, with their analyzers, in the order of `variants`."""
    variants = list(variants)
    cerebro = cerebro_of(signals, variants, settings, analyzers, without_stops=without_stops, feed=feed)
    return run_strategies(cerebro, preload=not bar_by_bar, runonce=not bar_by_bar)


def cerebro_of(
    signals: pd.DataFrame,
    variants: Iterable[Variant],
    settings: Settings,
    analyzers: Mapping[str, type[bt.Analyzer]],
    *,
    without_stops: bool = False,
    feed: ForecastFeed | None = None,
) -> bt.Cerebro:
    """Return the Cerebro with feed, broker, strategies and analyzers."""
    cerebro = bt.Cerebro(stdstats=False)
    if feed is None:
        feed = ForecastFeed(dataname=signals.copy(deep=False))  # pandas copies what is written to
    cerebro.adddata(feed)
    add_variants(cerebro, variants, settings, first_day_of(signals), without_stops)
    for name, analyzer in analyzers.items():
        cerebro.addanalyzer(analyzer, _name=name)
    return cerebro


def add_variants(
    cerebro: bt.Cerebro,
    variants: Iterable[Variant],
    settings: Settings,
    first_day: Any,
    without_stops: bool = False,
) -> None:
    """Add broker and strategies, which begin on the date `first_day`."""
    cerebro.setbroker(broker_of(settings))
    names = ("allow_short", "threshold", "regime_filter", "stop_entry_day", *STOPS)
    for variant in variants:
        shared = {name: getattr(settings.trading, name) for name in names if hasattr(variant.strategy.params, name)}
        params = params_of(variant, **shared) | (dict.fromkeys(STOPS) if without_stops else {})
        cerebro.addstrategy(variant.strategy, active_share=variant.active_share, first_day=first_day, **params)


def run_strategies(cerebro: bt.Cerebro, **options: bool) -> list[Any]:
    """Run the Cerebro and return its strategies; name the plug-in that fails.

    Raises
    ------
    StrategyError
        If a strategy never begins, or one has changed the bars.
    """
    try:
        ran = list(cerebro.run(**options))
    except BaseException as error:
        if failure := failure_of_a_plugin(error):
            raise failure from error
        raise
    for strategy in ran:
        if not strategy.has_begun:
            raise StrategyError(
                f"{place_of(type(strategy))} never begins: its next() must call super().next(), or leave the trading to"
                " the base class"
            )
    if changed := [name for feed in cerebro.datas for name in feed.changed_lines()]:
        places = ", ".join(dict.fromkeys(place_of(type(strategy)) for strategy in ran))
        raise StrategyError(
            f"the bars that all strategies share were changed ({', '.join(changed)}) by one of: {places}"
        )
    return ran


def broker_of(settings: Settings) -> FixedTermsBroker:
    """Return the broker with its capital and costs. A market order pays its slippage beyond the bar's range, too."""
    broker = FixedTermsBroker(
        cash=settings.trading.capital,
        coc=settings.trading.fill == "close",
        whole_shares=settings.trading.whole_shares,
        cash_rate=settings.trading.cash_rate,
        rebalance_band=settings.trading.rebalance_band,
        min_order=settings.trading.min_order,
    )
    costs = TradingCosts(
        commission=settings.trading.commission_bps / BASIS_POINTS,
        minimum=settings.trading.commission_min,
        interest=settings.trading.borrow_rate,
    )
    broker.addcommissioninfo(costs)
    broker.set_slippage_perc(settings.trading.slippage_bps / BASIS_POINTS, slip_out=True)
    return broker


def first_day_of(signals: pd.DataFrame) -> Any:
    """Return the first day that has a forecast, None without one."""
    return signals["predicted_return"].first_valid_index()
