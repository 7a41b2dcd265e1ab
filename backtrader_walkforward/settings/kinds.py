"""The types of settings: how a value is taken from Python, read from text, and written."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from numbers import Real
from pathlib import Path
from types import NoneType
from typing import Any, NewType, get_args

from backtrader_walkforward.settings.parameters import Parameters, take_parameters
from backtrader_walkforward.settings.reading import read_date, read_days, read_number, read_whole

Members = NewType("Members", str)
"""Names with commas between them, each of which counts: `ridge,mean`."""

Columns = NewType("Columns", tuple[tuple[str, str], ...])
"""Columns of a file: what each holds, and its name there."""

Days = NewType("Days", int)
"""A number of calendar days."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type of settings."""

    noun: str
    """The type in the words of a message: `a whole number`."""
    example: str
    """A value as it is typed."""
    take: Callable[[Any], Any]
    """Value of a Python object; raises TypeError, ValueError or OverflowError."""
    read: Callable[[str], Any] | None = None
    """Value of the text of an option, where `take` does not take text; raises ValueError."""
    to_json: Callable[[Any], Any] = lambda value: value
    """The value as JSON and TOML know it."""


def take_only(kind: type, value: Any) -> Any:
    """Take an instance of one type."""
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


take_text = partial(take_only, str)


def take_whole(value: Any) -> int:
    """Take an integer of any library, but not True or False."""
    if isinstance(value, bool):
        raise TypeError(value)
    return operator.index(value)


def take_number(value: Any) -> float:
    """Take a real number of any library, but not True or False."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(value)
    return float(value)


def take_date(value: Any) -> date:
    """Take a day, the day of a moment, or YYYY-MM-DD."""
    if isinstance(value, datetime):
        value = str(value)[:10]
    day: date = value if isinstance(value, date) else read_date(value)
    return day


def take_days(value: Any) -> int:
    """Take a number of days, or a length as text."""
    return read_days(value) if isinstance(value, str) and not value.isdigit() else take_whole(value)


def take_path(value: Any) -> Path:
    """Take a path that a file system could know."""
    path = Path(value)
    if "\0" in str(path):
        raise ValueError("a NUL byte")
    return path


def take_names(value: Any) -> tuple[str, ...]:
    """Take several names, or text with commas between them. Each counts once."""
    if isinstance(value, str):
        value = [name.strip() for name in value.split(",") if name.strip()]
        if not value:
            raise ValueError("no name")
    return tuple(dict.fromkeys(map(take_text, value)))


def take_sizes(value: Any) -> tuple[int, ...]:
    """Take several whole numbers, or text with commas between them."""
    if isinstance(value, str):
        return tuple(read_whole(part.strip()) for part in value.split(","))
    return tuple(map(take_whole, value))


def take_members(value: Any) -> str:
    """Take text with commas between names, or the names."""
    if isinstance(value, str):
        return value
    names = list(map(take_text, value))
    if not names:
        raise ValueError("no name")
    return ",".join(names)


def take_pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """Take a mapping of names to actions, pairs, or text: `downtrend,calm=half`. Without one the action is `out`."""
    if isinstance(value, str):
        parts = [part.partition("=") for part in value.split(",") if part.strip()]
        if not parts:
            raise ValueError("no name")
        return tuple((name.strip(), action.strip() if given else "out") for name, given, action in parts)
    pairs: Iterable[Any] = value.items() if isinstance(value, Mapping) else value
    return tuple((name, action) for name, action in pairs)


def take_columns(value: Any) -> tuple[tuple[str, str], ...]:
    """Take a mapping of keys to names, pairs, or text: `date=Datum,close=Schluss`."""
    if isinstance(value, str):
        value = [part.split("=", 1) for part in value.split(",")]
    pairs: Iterable[Any] = value.items() if isinstance(value, Mapping) else value
    return tuple((take_text(key).strip(), take_text(name).strip()) for key, name in pairs)


KINDS: dict[Any, Kind] = {
    int: Kind(noun="a whole number", example="5", take=take_whole, read=read_whole),
    float: Kind(noun="a number", example="0.1", take=take_number, read=read_number),
    Days: Kind(
        noun="a whole number of days, or a length as 2y, 6mo or 90d", example="730", take=take_days, read=read_days
    ),
    bool: Kind(noun="True or False", example="True", take=partial(take_only, bool)),
    str: Kind(noun="text", example="SPY", take=take_text),
    Members: Kind(noun="names separated by commas", example="ridge,mean", take=take_members),
    date: Kind(noun="a day written YYYY-MM-DD", example="2018-12-31", take=take_date, to_json=str),
    Path: Kind(noun="a path", example="runs", take=take_path, to_json=str),
    tuple[str, ...]: Kind(noun="names separated by commas", example="kelly,binary", take=take_names, to_json=list),
    tuple[int, ...]: Kind(noun="whole numbers separated by commas", example="32,16", take=take_sizes, to_json=list),
    tuple[tuple[str, str], ...]: Kind(
        noun="names separated by commas, each with =out or =half",
        example="downtrend,high_volatility=half",
        take=take_pairs,
        to_json=dict,
    ),
    Columns: Kind(
        noun="names with commas between them, each after its key and =",
        example="date=Datum,close=Schluss",
        take=take_columns,
        to_json=dict,
    ),
    Parameters: Kind(
        noun="NAME.PARAMETER=VALUE,...",
        example="kelly.cap=0.1,0.25",
        take=take_parameters,
        to_json=lambda asked: {name: list(values) for name, values in asked},
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

    >>> format_value(100_000.0), format_value(["daily", "weekly"]), format_value([32, 16])
    ('100000', 'daily,weekly', '32,16')
    >>> format_value({"kelly.cap": [0.1, 0.25], "kelly.threshold": [0]})
    'kelly.cap=0.1,0.25 kelly.threshold=0'
    >>> format_value({"calm": "half", "downtrend": "out"})
    'calm=half,downtrend=out'
    """
    if isinstance(value, dict) and all(isinstance(inner, list) for inner in value.values()):
        return " ".join(f"{name}={format_value(inner)}" for name, inner in value.items())
    if isinstance(value, dict):
        return ",".join(f"{name}={action}" for name, action in value.items())
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)
