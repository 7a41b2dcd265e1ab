"""Errors for users: one line with the argument, the rule, the value found and the remedy."""

import errno
from collections.abc import Iterable
from difflib import get_close_matches

LIMITS = {
    errno.EMFILE: "allow more open files (ulimit -n), or use fewer --workers",
    errno.ENFILE: "close other programs, or use fewer --workers",
    errno.EFBIG: "allow larger files (ulimit -f)",
}
"""What helps where a limit of the system is reached: another folder does not."""

LONGEST_LIST = 16
LONGEST_LINE = 400
LONGEST_REASON = 160
NEAR = 0.75
"""Share of the letters, in their order, that two near words have in common (`difflib`)."""


class UserError(Exception):
    """An error that the user can correct. Its text is one line; the command exits with `exit_code`."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class ArgumentError(UserError):
    """An invalid argument or setting."""

    exit_code = 2


class DataError(UserError):
    """Prices that are missing, cannot be fetched, or are invalid."""


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return text as one line of at most `longest` printable characters.

    Values from users and files may contain line breaks, terminal escape sequences or broken characters. A text that is
    too long loses its middle: the subject is at its start, the remedy at its end.

    >>> one_line("a\\nb\\x1b[31m"), one_line("abcdefghij", longest=7)
    ('a b\\\\x1b[31m', 'ab...ij')
    """
    words = " ".join(text.split())
    line = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in words)
    kept = (longest - 3) // 2
    return line if len(line) <= longest else f"{line[:kept]}...{line[-kept:]}"


def reason_of(error: BaseException) -> str:
    """Return the type and text of an error as one line: the text alone of ours, the type alone where there is none.

    >>> reason_of(KeyError("x")), reason_of(ZeroDivisionError())
    ("KeyError: 'x'", 'ZeroDivisionError')
    """
    if isinstance(error, UserError):
        return str(error)
    try:
        text = str(error)
    except BaseException:  # its text is a plug-in's code
        text = ""
    return one_line(f"{type(error).__name__}: {text}".removesuffix(": "), LONGEST_REASON)


def nearest(value: str, choices: Iterable[str]) -> str | None:
    """Return the closest of `choices` if one is near, whatever dashes it begins with.

    >>> nearest("--ticker", ["--tickers", "--out"])
    '--tickers'
    """
    words = {choice.lstrip("-"): choice for choice in choices}
    found = get_close_matches(value.lstrip("-"), words, n=1, cutoff=NEAR)
    return words[found[0]] if found else None


def did_you_mean(value: str, choices: Iterable[str]) -> str:
    """Return ` - did you mean 'kelly'?` for the closest of `choices` if one is near, else a short list of them.

    >>> did_you_mean("kely", ["binary", "kelly"])
    " - did you mean 'kelly'?"
    >>> did_you_mean("?", ["binary", "kelly"])
    ' - choose from binary, kelly'
    """
    choices = list(choices)
    if near := nearest(value, choices):
        return f" - did you mean '{near}'?"
    return f" - choose from {', '.join(choices)}" if len(choices) <= LONGEST_LIST else ""
