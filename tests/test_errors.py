"""Error messages are one line, whatever they quote."""

import doctest
import pickle

import pytest

from backtrader_walkforward import errors
from backtrader_walkforward.errors import ArgumentError, UserError, did_you_mean, one_line, reason_of


def test_the_examples_hold():
    assert doctest.testmod(errors) == (0, 5)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain - do this", "plain - do this"),
        (" two\nlines\r\n\tand  more ", "two lines and more"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("half \udcff", r"half \udcff"),
        ("back\u202ewards", r"back\u202ewards"),
        ("grün 株", "grün 株"),
        ("a" * 1000 + " - do this", "a" * 198 + "..." + "a" * 188 + " - do this"),
        ("", ""),
    ],
)
def test_a_message_is_one_line_that_can_be_shown(text, line):
    assert one_line(text) == line
    assert str(UserError(text)) == line


def test_reasons_are_short():
    assert reason_of(ZeroDivisionError()) == "ZeroDivisionError"
    assert reason_of(SystemExit(3)) == "SystemExit: 3"
    assert len(reason_of(ValueError("x" * 5000))) <= 160


def test_an_error_that_comes_from_another_process_is_the_same():
    again = pickle.loads(pickle.dumps(ArgumentError("--period must\nbe more")))
    assert (type(again), str(again), again.exit_code) == (ArgumentError, "--period must be more", 2)


OPTIONS = ["--out", "--end", "--ticker", "--target", "--strategies", *(f"--other-{number}" for number in range(20))]


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("--tikcer", " - did you mean '--ticker'?"),
        ("--strategy", " - did you mean '--strategies'?"),
        ("--foo", ""),
        ("--begin", ""),
        ("--plot", ""),
    ],
)
def test_a_name_is_suggested_only_where_it_is_near(given, remedy):
    assert did_you_mean(given, OPTIONS) == remedy


def test_a_short_list_is_shown_where_none_is_near():
    assert did_you_mean("risk", ["binary", "kelly"]) == " - choose from binary, kelly"
