"""What is written as TOML is read as it was."""

import doctest
import tomllib

import pytest

from backtrader_walkforward.settings import settings_file


def test_the_examples_hold():
    assert doctest.testmod(settings_file) == (0, 3)


@pytest.mark.parametrize(
    "value",
    [
        0,
        -3,
        0.1,
        1e300,
        5e-324,
        True,
        False,
        "",
        "plain",
        'a "b" \\ c\x7f\x1b\n\t\x00',
        "Zürich 株 🙂",
        [],
        ["a", "b"],
        {"calm": "half"},
    ],
)
def test_a_value_comes_back(value):
    found = tomllib.loads(settings_file.toml_document({"first": {"x": 1}, "second": {"key": value}}))["second"]["key"]
    assert found == value
    assert type(found) is type(value)


def test_half_a_character_is_a_question_mark():
    assert settings_file.toml_value("a\udcffb") == '"a?b"'
