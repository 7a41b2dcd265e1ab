"""Stop orders: those to place once a position is filled, and those that rest in the paper accounts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import pandas as pd

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.cerebro import run_cerebro
from backtrader_walkforward.reports.formatting import percent, price
from backtrader_walkforward.reports.sections.stops import NAMES
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.trading.variants import Variant, params_of

Value = TypeVar("Value")

REASONS = {
    "stop_loss": "loses {} of its entry price",
    "trailing_stop": "falls {} of its entry price below its best close",
    "take_profit": "gains {} of its entry price",
}

SETTINGS = (*REASONS, "stop_entry_day")
"""Settings of stops, in the order of the fields of `Stops`."""

AFTERWARDS = "Passive parts have no stops. After a stop the weight is 0 until the signal changes."


def stops_of(variant: Variant, settings: Settings) -> Stops:
    """Return the stops of a variant: its own and those of its class, and those of the settings for the rest."""
    own = {name: variant.value_of(name) for name in SETTINGS}
    own |= params_of(variant, **{name: getattr(settings.trading, name) for name in SETTINGS})
    return Stops(*(own[name] for name in SETTINGS))


def resting_levels(
    signals: pd.DataFrame, variants: Iterable[Variant], settings: Settings
) -> dict[str, dict[str, float]]:
    """Return the prices at which stops rest after the last close, by variant and kind, where there are any.

    They are read from the orders of the active accounts, which trade the signals again, and have the signals' unit.
    """
    protected = [variant for variant in variants if stops_of(variant, settings)]
    strategies = run_cerebro(signals, protected, settings, {}) if protected else []
    levels = {}
    for variant, strategy in zip(protected, strategies, strict=True):
        orders = strategy.broker.accounts["active"].get_orders_open()
        levels[variant.name] = {
            order.info["exit"]: float(order.created.price) for order in orders if order.info.get("exit")
        }
    return {name: own for name, own in levels.items() if own}


def stops_text(stops: Mapping[str, Stops]) -> Iterator[str]:
    """Yield the orders to place once a position is filled, a line for the variants with the same stops.

    The names of the variants are shown where the stops differ.
    """
    different = _names_by_value(stops)
    for each, names in different.items():
        if each:
            variants = f" of {', '.join(map(name_text, names))}" if len(different) > 1 else ""
            shares = {kind: getattr(each, kind) for kind in REASONS if getattr(each, kind)}
            reasons = [f"{REASONS[kind].format(percent(share))} ({NAMES[kind]})" for kind, share in shares.items()]
            since = "at once" if each.entry_day else "from the session after the fill"
            yield (
                f"Stops{variants}: once filled (in the backtest {since}), close a position that"
                f" {' or '.join(reasons)}. {AFTERWARDS}"
            )


def resting_text(resting: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield the prices at which stops rest, a line for the variants with the same prices."""
    texts = {
        name: ", ".join(f"{NAMES[kind]} at {price(level)}" for kind, level in levels.items())
        for name, levels in resting.items()
    }
    for text, names in _names_by_value(texts).items():
        yield f"Stops of {', '.join(map(name_text, names))} rest now: {text}."


def _names_by_value(values: Mapping[str, Value]) -> dict[Value, list[str]]:
    names: dict[Value, list[str]] = {}
    for name, value in values.items():
        names.setdefault(value, []).append(name)
    return names
