"""The combinations of a plug-in's parameters, each value in the type of the plug-in's own default."""

import math
from collections.abc import Callable, Mapping
from itertools import product
from numbers import Real
from types import NoneType
from typing import Any

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.parameters import Parameters, Value, plugin_of

MOST_SETS = 1_000
"""Most combinations of the values of one plug-in."""


def parameter_sets(
    plugin: str, asked: Parameters, defaults: Mapping[str, Any], remedies: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return every combination of the values of a plug-in's parameters, in order; an empty one where none is set.

    Parameters
    ----------
    defaults : mapping of str to object
        The plug-in's own, whose types the values must have.
    remedies : mapping of str to str
        What to write in place of a parameter that the run sets.

    Raises
    ------
    ArgumentError
        If a parameter is unknown, a value has another type, or there are too many combinations.
    """
    own = {name.partition(".")[2]: values for name, values in sorted(asked) if plugin_of(name) == plugin}
    typed = {}
    for name, values in own.items():
        label = f"--param {plugin}.{name}"
        if name in remedies:
            raise ArgumentError(f"{label}: the run sets it - {remedies[name]}")
        if name not in defaults:
            known = sorted(set(defaults) - set(remedies))
            raise ArgumentError(f"{label}: {plugin} has no parameter {name!r}{did_you_mean(name, known)}")
        typed[name] = sorted({convert_like(label, value, defaults[name]) for value in values}, key=_order)
    if (count := math.prod(map(len, typed.values()))) > MOST_SETS:
        raise ArgumentError(
            f"--param makes {count:,} variants of {plugin}, and {MOST_SETS:,} are the most - give fewer"
        )
    return [dict(zip(typed, values, strict=True)) for values in product(*typed.values())]


def convert_like(label: str, value: Value, default: Any) -> Any:
    """Return a value in the type of a parameter's default.

    >>> convert_like("--param kelly.cap", 1, 0.5), convert_like("--param kelly.stop_loss", "none", None)
    (1.0, None)
    """
    for kind, noun, taken in TYPES:
        if isinstance(default, kind):
            try:
                return taken(value)
            except (KeyError, TypeError):
                example = f"{label.partition(' ')[2]}={0.1 if default is None else format_parameter(default)}"
                raise ArgumentError(f"{label} must be {noun}: {value!r} - for example {example}") from None
    raise ArgumentError(f"{label} is a {type(default).__name__}, which has no text - set it in the file")


def format_parameter(value: Any) -> str:
    """Return a typed value as text, which differs for different values.

    >>> format_parameter(0.25), format_parameter(1.0), format_parameter(True), format_parameter(None)
    ('0.25', '1', 'true', 'none')
    """
    return str(value).lower() if isinstance(value, bool | NoneType) else str(value).removesuffix(".0")


def _whole(value: Value) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _number(value: Value) -> float:
    if isinstance(value, str):
        raise TypeError(value)
    return float(value)


def _number_of_any_type(value: Value) -> int | float:
    number = _number(value)
    return int(number) if number.is_integer() else number


TYPES: tuple[tuple[type, str, Callable[[Value], Any]], ...] = (
    (bool, "true or false", lambda value: {"true": True, "false": False}[str(value).lower()]),
    (int, "a whole number", _whole),
    (float, "a number", _number),
    (str, "a word", format_parameter),
    (NoneType, "a number, or none", lambda value: None if value == "none" else _number_of_any_type(value)),
)
"""Types of defaults: how a message names their values, and the function that takes one."""


def _order(value: Any) -> tuple[bool, float, str]:
    return (False, float(value), "") if isinstance(value, Real) else (True, 0.0, str(value))
