"""Tables among the objects that go to another process: numbers, dates or text that may hold what happens later."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable
from datetime import date
from numbers import Integral
from types import CodeType
from typing import Any

import numpy as np
import pandas as pd

LEAST_TABLE = 30
"""Numbers, dates or repeated words that may hold what happens later; fewer are parameters."""

LEAST_TEXT = 100
"""Characters, or bytes, that may; fewer are labels, formats and paths."""

LONGEST_WORD = 30
FEWEST_LETTERS = 8
"""Different letters of prose."""

A_DATE = re.compile(r"\d{4}-?\d\d-?\d\d\b.*")
LETTERS = re.compile(r"[^\W\d_]+")

NUMBERS_OF_CODE = 7
"""Whole numbers with which Python makes a piece of code: of its arguments, its stack, its first line."""


class CarriedTables:
    """Counts what was seen. What Python keeps with each piece of code, as its names and its bytes, is no table."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._tables: list[str] = []
        self._known: dict[int, Any] = {}
        self._of_code: set[str | bytes] = set()

    def found(self) -> list[str]:
        """Return the tables as text, each with its size."""
        return [*self._tables, *(f"{n} {name}" for name, n in self._counts.items() if n >= LEAST_TABLE)]

    def see(self, obj: Any) -> None:
        """Count an object, which comes before what it holds."""
        if isinstance(obj, CodeType):
            self._see_code(obj)
        elif isinstance(obj, pd.DataFrame | pd.Series | np.ndarray | array) and np.size(obj) >= LEAST_TABLE:
            self._tables.append(f"a {type(obj).__name__} of {len(np.atleast_1d(obj))} rows")
        elif isinstance(obj, str | bytes | bytearray):
            self._see_text(obj if isinstance(obj, str) else bytes(obj))
        elif isinstance(obj, list | tuple | set | frozenset | dict):
            self._see_repeated(obj.values() if isinstance(obj, dict) else obj)
        elif isinstance(obj, float):
            self._counts["numbers"] += 1
        elif isinstance(obj, Integral | np.bool_):
            self._counts["whole numbers"] += 1
        elif isinstance(obj, date):
            self._see_date(obj)

    def _see_code(self, code: CodeType) -> None:
        """Leave out the whole numbers of a piece of code: those of its form, its constants and its short lists."""
        self._of_code |= {code.co_code, code.co_linetable, code.co_exceptiontable, code.co_filename}
        short = [one for one in code.co_consts if isinstance(one, tuple | frozenset) and len(one) < LEAST_TABLE]
        self._leave_out(code, NUMBERS_OF_CODE + sum(map(whole_numbers_in, (code.co_consts, *short))))

    def _see_date(self, day: date) -> None:
        """Count a date, and leave out the whole numbers of which pandas makes one."""
        self._counts["dates"] += 1
        self._leave_out(day, whole_numbers_in(day.__reduce__()[1]))

    def _leave_out(self, obj: Any, numbers: int) -> None:
        """Leave out the whole numbers of an object, which are pickled once."""
        if id(obj) not in self._known:
            self._known[id(obj)] = obj
            self._counts["whole numbers"] -= numbers

    def _see_text(self, text: str | bytes) -> None:
        letters = text if isinstance(text, str) else text.decode("latin-1")
        self._counts["dates"] += bool(A_DATE.fullmatch(letters))
        if len(text) >= LEAST_TEXT and text not in self._of_code and not is_prose(letters):
            self._tables.append(f"a text of {len(text)} characters")

    def _see_repeated(self, values: Iterable[Any]) -> None:
        """Count few words that come again and again, as in a list of `up` and `down`: names come once."""
        words = [value for value in values if isinstance(value, str)]
        if len(words) >= LEAST_TABLE and 3 * len(set(words)) <= len(words):
            self._tables.append(f"{len(words)} words")


def whole_numbers_in(values: Iterable[Any]) -> int:
    """Return how many of the values are whole numbers."""
    return sum(isinstance(value, int) for value in values)


def is_prose(text: str) -> bool:
    """Tell whether a text is words for a reader: letters for the most part, in words that are short and not the same.

    >>> is_prose("Holds what has fallen."), is_prose("+--+-"), is_prose("up down " * 20)
    (True, False, False)
    """
    words = LETTERS.findall(text)
    letters = "".join(words)
    return (
        len(letters) > 0.6 * len("".join(text.split()))
        and max(map(len, words)) <= LONGEST_WORD
        and len(set(letters)) >= FEWEST_LETTERS
        and len(set(words)) > len(words) / 5
    )
