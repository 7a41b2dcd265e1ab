"""Stops as text: the orders to place once a position is filled, and the levels that rest in the paper accounts."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TypeVar

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.reports.formatting import percent, price
from backtrader_walkforward.reports.sections.stops import NAMES

Value = TypeVar("Value")

REASONS = {
    "stop_loss": "loses {} of its entry price",
    "trailing_stop": "falls {} of its entry price below its best close",
    "take_profit": "gains {} of its entry price",
}

AFTERWARDS = "Passive parts have no stops. After a stop the weight is 0 until the signal changes."


def stops_text(stops: Mapping[str, Stops]) -> Iterator[str]:
    """Yield the orders to place once a position is filled, a line for the variants with the same stops.

    Parameters
    ----------
    stops : mapping of str to Stops
        By the name of the variant. The names are shown where the stops differ.
    """
    groups = names_by(stops)
    for own, names in groups.items():
        if own:
            variants = f" of {', '.join(names)}" if len(groups) > 1 else ""
            yield (
                f"Stops{variants}: once filled (in the backtest from the session after the fill), close a position that"
                f" {reasons_text(own)}. {AFTERWARDS}"
            )


def reasons_text(stops: Stops) -> str:
    """Return the events that close a position.

    >>> reasons_text(Stops(stop_loss=0.02, take_profit=0.05))
    'loses 2.00% of its entry price (stop-loss) or gains 5.00% of its entry price (take-profit)'
    """
    return " or ".join(
        f"{REASONS[name].format(percent(share))} ({NAMES[name]})" for name, share in asdict(stops).items() if share
    )


def resting_text(resting: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield the prices at which stops rest, a line for the variants with the same prices."""
    levels = {
        name: ", ".join(f"{NAMES[kind]} at {price(level)}" for kind, level in own.items())
        for name, own in resting.items()
    }
    for text, names in names_by(levels).items():
        yield f"Stops of {', '.join(names)} rest now: {text}."


def names_by(values: Mapping[str, Value]) -> dict[Value, list[str]]:
    """Return the names that have each value.

    >>> names_by({"kelly": 1, "binary": 2, "fixed": 1})
    {1: ['kelly', 'fixed'], 2: ['binary']}
    """
    names: dict[Value, list[str]] = {}
    for name, value in values.items():
        names.setdefault(value, []).append(name)
    return names
