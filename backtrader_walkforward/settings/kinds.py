"""The types of settings: how a value is read from text, taken from Python, and written."""

import operator
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from numbers import Real
from pathlib import Path
from types import NoneType
from typing import Any, get_args


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type of settings.

    Attributes
    ----------
    noun : str
        The type in the words of a message: `a whole number`.
    example : str
        A value as it is typed.
    read : callable
        Value of a text; raises ValueError.
    take : callable
        Value of a Python object; raises TypeError or ValueError.
    to_json : callable
        The value as JSON and TOML know it.
    """

    noun: str
    example: str
    read: Callable[[str], Any]
    take: Callable[[Any], Any]
    to_json: Callable[[Any], Any] = lambda value: value


def read_whole(text: str) -> int:
    """Read a whole number, in digits alone."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError(text)
    return int(text)


def take_whole(value: Any) -> int:
    """Take an integer of any library; True is none, and neither is text."""
    if isinstance(value, bool):
        raise TypeError(value)
    return operator.index(value)


def read_number(text: str) -> float:
    """Read a number; infinity and NaN are none."""
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        raise ValueError(text)
    return float(text)


def take_number(value: Any) -> float:
    """Take a real number of any library; True is none, and neither is text."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(value)
    return float(value)


def read_date(text: str) -> date:
    """Read YYYY-MM-DD."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def take_date(value: Any) -> date:
    """Take a day, the day of a moment, or text."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else read_date(value)


def take_path(value: Any) -> Path:
    """Take a path or text."""
    return Path(os.fspath(value))


def take_only(kind: type) -> Callable[[Any], Any]:
    """Return a function that takes instances of one type."""

    def take(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(value)
        return value

    return take


def read_names(text: str) -> tuple[str, ...]:
    """Read names separated by commas, each counted once."""
    found = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not found:
        raise ValueError(text)
    return found


def take_names(value: Any) -> tuple[str, ...]:
    """Take several names, or one text."""
    if isinstance(value, str):
        return read_names(value)
    return tuple(dict.fromkeys(take_only(str)(name) for name in value))


def read_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Read names, each with an action: `downtrend,high_volatility=half`. Without one the action is `out`."""
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    if not parts:
        raise ValueError(text)
    return tuple((name.strip(), action.strip() if given else "out") for name, given, action in parts)


def take_pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """Take a mapping of names to actions, pairs, or one text."""
    if isinstance(value, str):
        return read_pairs(value)
    pairs: Iterable[Any] = value.items() if isinstance(value, Mapping) else value
    return tuple((name, action) for name, action in pairs)


NUMBER = Kind(noun="a number", example="0.1", read=read_number, take=take_number)

KINDS: dict[Any, Kind] = {
    int: Kind(noun="a whole number", example="5", read=read_whole, take=take_whole),
    float: NUMBER,
    bool: Kind(noun="True or False", example="True", read=take_only(bool), take=take_only(bool)),
    str: Kind(noun="text", example="SPY", read=str, take=take_only(str)),
    date: Kind(noun="a day written YYYY-MM-DD", example="2018-12-31", read=read_date, take=take_date, to_json=str),
    Path: Kind(noun="a path", example="runs", read=Path, take=take_path, to_json=str),
    tuple[str, ...]: Kind(
        noun="names separated by commas", example="kelly,binary", read=read_names, take=take_names, to_json=list
    ),
    tuple[tuple[str, str], ...]: Kind(
        noun="names separated by commas, each with =out or =half",
        example="downtrend,high_volatility=half",
        read=read_pairs,
        take=take_pairs,
        to_json=dict,
    ),
}
"""The kind of each type of a field."""


def kind_of(annotation: Any) -> tuple[Kind, bool]:
    """Return the kind of a field's type, and whether None is a value, too."""
    if annotation in KINDS:
        return KINDS[annotation], False
    [inner] = [part for part in get_args(annotation) if part is not NoneType]
    return KINDS[inner], True


def format_value(value: Any) -> str:
    """Return a JSON value as it is typed.

    >>> format_value(100_000.0), format_value(["daily", "weekly"]), format_value({"calm": "half", "downtrend": "out"})
    ('100000', 'daily,weekly', 'calm=half,downtrend=out')
    """
    if isinstance(value, dict):
        return ",".join(f"{name}={action}" for name, action in value.items())
    return f"{value:.15g}" if isinstance(value, float) else ",".join(value) if isinstance(value, list) else str(value)
