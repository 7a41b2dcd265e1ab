"""Text for messages."""

from collections.abc import Sequence
from textwrap import TextWrapper
from typing import Any

FEW_SECONDS = 8

UNBROKEN: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
"""What keeps each word of a wrapped text whole."""

UNITS = ((1, "seconds", 120), (60, "minutes", 120), (3600, "hours", float("inf")))
"""Units of time: their seconds, their name, and how many of them are said."""


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if need be.

    >>> pluralize(1, "variant"), pluralize(20, "variant")
    ('1 variant', '20 variants')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def wrapped(text: str, width: int, indent: str = "") -> str:
    """Return a text in lines of at most `width` characters; a word that is longer, as a path, stays whole.

    >>> wrapped("Note: /a/long-path is full", 12, "  ").splitlines()
    ['  Note:', '  /a/long-path', '  is full']
    """
    wrapper = TextWrapper(width, initial_indent=indent, subsequent_indent=indent, **UNBROKEN)
    return "\n".join(map(wrapper.fill, text.split("\n")))


def first_of(names: Sequence[str], most: int = 5) -> str:
    """Return names as one says them, the first few of many.

    >>> first_of(["SPY", "GOOG"]), first_of(["A", "B", "C", "D"], 2)
    ('SPY, GOOG', 'A, B and 2 more')
    """
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left} more" if left > 0 else "")


def rough_duration(seconds: float) -> str:
    """Return a duration as one says it.

    >>> [rough_duration(seconds) for seconds in (4, 38, 61, 400, 9000)]
    ['a few seconds', 'about 40 seconds', 'about a minute', 'about 7 minutes', 'about 2.5 hours']
    """
    if seconds < FEW_SECONDS:
        return "a few seconds"
    if seconds < 55:
        return f"about {10 * max(1, round(seconds / 10))} seconds"
    if seconds < 90:
        return "about a minute"
    return f"about {round(seconds / 60)} minutes" if seconds < 5_400 else f"about {seconds / 3600:.2g} hours"


def rough_range(seconds: float) -> str:
    """Return a guess of a duration that may be wrong by half or twice of it.

    >>> [rough_range(seconds) for seconds in (4, 20, 133, 900, 18_000)]
    ['a few seconds', '10 to 40 seconds', '1 to 4 minutes', '8 to 30 minutes', '2 to 10 hours']
    """
    if seconds < FEW_SECONDS:
        return "a few seconds"
    unit, noun = next(one for one in UNITS if 2 * seconds <= one[2] * one[0])[:2]
    low, high = (rounded(factor * seconds / unit) for factor in (0.5, 2))
    return f"{max(1, low)} to {high} {noun}"


def rounded(number: float) -> int:
    """Return a number with no more digits than a guess deserves.

    >>> [rounded(number) for number in (3.4, 13, 54)]
    [3, 15, 50]
    """
    step = 1 if number < 10 else 5 if number < 30 else 10
    return step * round(number / step)
