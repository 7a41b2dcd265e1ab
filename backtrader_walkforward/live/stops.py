"""The stops of each strategy, and the prices at which they rest in the accounts."""

from collections.abc import Iterable

import pandas as pd

from backtrader_walkforward.backtest import run_cerebro
from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.settings.settings import STOPS, Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.class_defaults import default_of, without_class_defaults
from backtrader_walkforward.trading.variants import Variant


def stops_of(strategy: type[SizingStrategy], settings: Settings) -> Stops:
    """Return the stops of a strategy: its own class defaults, and those of the settings for the rest."""
    own = {name: default_of(strategy, name) for name in STOPS}
    return Stops(**own | without_class_defaults(strategy, **{name: getattr(settings.trading, name) for name in STOPS}))


def resting_levels(
    signals: pd.DataFrame, variants: Iterable[Variant], settings: Settings
) -> dict[str, dict[str, float]]:
    """Return the prices at which stops rest after the last close, by variant and kind, where there are any.

    They are read from the orders of the accounts, which trade the signals again.

    Parameters
    ----------
    signals : DataFrame
        As `build_signals` makes it; its units are those of the prices.
    """
    protected = [variant for variant in variants if stops_of(variant.strategy, settings)]
    strategies = run_cerebro(signals, protected, settings, {}) if protected else []
    levels = {variant.name: levels_in(strategy) for variant, strategy in zip(protected, strategies, strict=True)}
    return {name: own for name, own in levels.items() if own}


def levels_in(strategy: SizingStrategy) -> dict[str, float]:
    """Return the price of each stop that rests in the active account, by its kind."""
    return {
        order.info["exit"]: float(order.created.price)
        for order in strategy.broker.accounts["active"].pending
        if order.info.get("exit")
    }
