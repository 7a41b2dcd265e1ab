"""Parameters of strategies and predictors, set from outside: `kelly.cap=0.1,0.25`."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from types import NoneType
from typing import Any

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.reading import read_number, read_whole

Value = int | float | str
"""A number or a word; the words true, false and none stand for Python's values."""

Parameters = tuple[tuple[str, tuple[Value, ...]], ...]
"""Each parameter with its values, by the name of the plug-in and its own: `(("kelly.cap", (0.1, 0.25)),)`."""

NAME = re.compile(r"[^\W\d]\w*\.[^\W\d]\w*")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*")


def take_parameters(value: Any) -> Parameters:
    """Take a mapping of names to values, pairs, or text: `kelly.cap=.1,.25 kelly.threshold=0`."""
    if isinstance(value, str):
        value = [part.partition("=")[::2] for part in value.split()]
        if not value:
            raise ValueError("no name")
    pairs: Iterable[Any] = value.items() if isinstance(value, Mapping) else value
    return tuple((take_name(name), take_values(values)) for name, values in pairs)


def take_name(name: Any) -> str:
    """Take the name of a plug-in and a parameter, with a point between them."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(name)
    return name


def take_values(values: Any) -> tuple[Value, ...]:
    """Take one value, several, or text with commas between them. Each counts once."""
    if isinstance(values, str):
        values = values.split(",")
    elif isinstance(values, Real | NoneType):
        values = [values]
    taken = tuple(dict.fromkeys(map(take_value, values)))
    if not taken:
        raise ValueError("no value")
    return taken


def take_value(value: Any) -> Value:
    """Take a number of any library, a truth value, None, or a word, which may be the text of a number."""
    if isinstance(value, bool | NoneType):
        return str(value).lower()
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real) and math.isfinite(value):
        return float(value)
    if not isinstance(value, str):
        raise ValueError(value)
    return read_value(value.strip())


def read_value(text: str) -> Value:
    """Return the number or the word of a text.

    >>> read_value(".25"), read_value("3"), read_value("fast")
    (0.25, 3, 'fast')
    """
    if WORD.fullmatch(text):
        return text
    try:
        return int(read_whole(text))
    except ValueError:
        number = float(read_number(text))
        if not math.isfinite(number):
            raise
        return number


def check_parameters(label: str, asked: Parameters) -> None:
    """Raise if a parameter is named twice."""
    names = [name for name, _ in asked]
    for name in names:
        if names.count(name) > 1:
            raise ArgumentError(f"{label} names {name} twice - write its values together: {name}=1,2")


def plugin_of(name: str) -> str:
    """Return the plug-in of a parameter: `kelly` of `kelly.cap`."""
    return name.partition(".")[0]


def require_running(asked: Parameters, running: Sequence[str]) -> None:
    """Raise unless each parameter belongs to one of the strategies and predictors that run."""
    for name, _ in asked:
        count = running.count(plugin_of(name))
        if count == 0:
            remedy = did_you_mean(plugin_of(name), running)
            raise ArgumentError(f"--param {name}: no strategy or predictor {plugin_of(name)!r} runs{remedy}")
        if count > 1:
            raise ArgumentError(f"--param {name}: a strategy and a predictor have this name - rename one of them")
