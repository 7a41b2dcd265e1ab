"""Numbers, days and lengths, read from text alone: Python's own functions would read more."""

import math
import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

DAYS_OF = {"y": 365, "mo": 365 / 12, "d": 1}
"""Calendar days of a year, a month and a day."""


def read_only(pattern: str, kind: Callable[[str], Any], text: str) -> Any:
    """Read text of a pattern alone: `int` and `float` would read more."""
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return kind(text)


read_whole = partial(read_only, r"[+-]?[0-9]{1,18}", int)
read_number = partial(read_only, r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", float)
read_date = partial(read_only, r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat)


def read_days(text: str) -> int:
    """Read a number of days, or a length in years, months or days, rounded up.

    >>> read_days("730"), read_days("2y"), read_days("6mo"), read_days("90d")
    (730, 730, 183, 90)
    """
    if length := re.fullmatch(r"([0-9]{1,6})(y|mo|d)", text.lower()):
        return math.ceil(int(length[1]) * DAYS_OF[length[2]])
    return read_whole(text)
