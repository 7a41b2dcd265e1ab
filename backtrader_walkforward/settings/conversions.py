"""Conversions to the types of settings: `read_...` from the text of an option, `take_...` from a Python object.

Each raises ValueError or TypeError for what it cannot convert.
"""

import operator
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from numbers import Real
from pathlib import Path
from typing import Any


def read_whole(text: str) -> int:
    """Read a whole number, in digits alone."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError(text)
    return int(text)


def take_whole(value: Any) -> int:
    """Take an integer of any library, but not True or False."""
    if isinstance(value, bool):
        raise TypeError(value)
    return operator.index(value)


def read_number(text: str) -> float:
    """Read a finite number."""
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        raise ValueError(text)
    return float(text)


def take_number(value: Any) -> float:
    """Take a real number of any library, but not True or False."""
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
        return read_date(str(value)[:10])
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
