"""Errors meant for people: one line that names what was wrong, what was found and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_LIST = 16


class UserError(Exception):
    """Something the user can mend. Its text is one whole line; the command exits with `exit_code`."""

    exit_code = 1


class ArgumentError(UserError):
    """A wrong argument or setting."""

    exit_code = 2


class DataError(UserError):
    """Prices that are missing, unreachable or unfit for a backtest."""


def did_you_mean(value: str, choices: Iterable[str]) -> str:
    """Return ` - did you mean 'kelly'?` for the closest of `choices`, else a list of them that is not too long.

    >>> did_you_mean("kely", ["binary", "kelly"])
    " - did you mean 'kelly'?"
    >>> did_you_mean("?", ["binary", "kelly"])
    ' - choose from binary, kelly'
    """
    choices = list(choices)
    closest = get_close_matches(value, choices, n=1)
    if closest:
        return f" - did you mean '{closest[0]}'?"
    return f" - choose from {', '.join(choices)}" if len(choices) <= LONGEST_LIST else ""
