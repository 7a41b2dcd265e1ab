"""The types of settings: how a value is read from text, taken from Python, and written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from backtrader_walkforward.settings.conversions import (
    read_date,
    read_names,
    read_number,
    read_pairs,
    read_whole,
    take_date,
    take_names,
    take_number,
    take_only,
    take_pairs,
    take_path,
    take_whole,
)


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


KINDS: dict[Any, Kind] = {
    int: Kind(noun="a whole number", example="5", read=read_whole, take=take_whole),
    float: Kind(noun="a number", example="0.1", read=read_number, take=take_number),
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
