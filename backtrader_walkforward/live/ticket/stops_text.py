"""Stops as a terminal tells them: what is to rest with the broker, and what rests in the paper accounts."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TypeVar

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.reports.formatting import percent, price
from backtrader_walkforward.reports.sections.stops import NAMES

Value = TypeVar("Value")

REASONS = {
    "stop_loss": "loses {} of its entry price",
    "trailing_stop": "falls {} of its entry price behind its best close",
    "take_profit": "gains {} of its entry price",
}

AFTERWARDS = "Passive parts have none. A strategy that was stopped out shows a weight of 0 until its signal changes."


def stops_text(stops: Mapping[str, Stops]) -> Iterator[str]:
    """Yield a line on what is to rest with the broker once an order has filled; none where there are no stops.

    `stops` are by the name of the variant; a line for those that have the same, who are named where others have not.
    """
    alike = names_by(stops)
    for own, names in alike.items():
        if own:
            of_whom = f" of {', '.join(names)}" if len(alike) > 1 else ""
            yield (
                f"Stops{of_whom}: once filled (the backtest waits for the session after), close a position that"
                f" {reasons_in(own)}. {AFTERWARDS}"
            )


def reasons_in(stops: Stops) -> str:
    """Return what closes a position.

    >>> reasons_in(Stops(stop_loss=0.02, take_profit=0.05))
    'loses 2.00% of its entry price (stop-loss) or gains 5.00% of its entry price (take-profit)'
    """
    reasons = [
        f"{REASONS[name].format(percent(share))} ({NAMES[name]})" for name, share in asdict(stops).items() if share
    ]
    return " or ".join(reasons)


def resting_text(resting: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield the prices at which stops rest, by variant and kind; a line for those that have the same."""
    told = {
        name: ", ".join(f"{NAMES[kind]} at {price(level)}" for kind, level in levels.items())
        for name, levels in resting.items()
    }
    for levels, names in names_by(told).items():
        yield f"Resting for {', '.join(names)}: {levels}."


def names_by(values: Mapping[str, Value]) -> dict[Value, list[str]]:
    """Return the names that have each value.

    >>> names_by({"kelly": 1, "binary": 2, "fixed": 1})
    {1: ['kelly', 'fixed'], 2: ['binary']}
    """
    names: dict[Value, list[str]] = {}
    for name, value in values.items():
        names.setdefault(value, []).append(name)
    return names
