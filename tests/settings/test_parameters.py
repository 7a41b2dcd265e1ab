"""Parameters from outside: what Python and the command line take, and what is refused in one line."""

import doctest
import math

import numpy as np
import pytest

from backtrader_walkforward.cli.arguments import parse_arguments
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings import parameter_sets, parameters, reading
from backtrader_walkforward.settings.parameter_sets import convert_like
from backtrader_walkforward.settings.parameters import require_running
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.settings_file import read_settings, settings_toml

CAPS = (("kelly.cap", (0.1, 0.25)),)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"kelly.cap": [0.1, 0.25]}, CAPS),
        ({"kelly.cap": (np.float64(0.1), 0.25, 0.1)}, CAPS),
        ({"kelly.cap": ".1,.25"}, CAPS),
        ("kelly.cap=.1,.25", CAPS),
        ([["kelly.cap", ".1,.25"]], CAPS),
        (CAPS, CAPS),
        ("a.b=1  c.d=1.0,-2", (("a.b", (1,)), ("c.d", (1.0, -2)))),
        ({"a.b": True, "c.d": None, "e.f": "fast"}, (("a.b", ("true",)), ("c.d", ("none",)), ("e.f", ("fast",)))),
        ({}, ()),
    ],
)
def test_python_and_text_say_the_same(given, value):
    assert Settings.of(param=given).trading.param == value


@pytest.mark.parametrize(
    "given",
    [
        *("", "cap=1", "kelly.cap", "kelly.cap=", "kelly.cap=1,,2", "kelly.cap=a/b", "kelly.cap=1_0", 3, {3: 1}),
        *({"kelly.cap": value} for value in ([], [[1]], math.nan, math.inf, "1e999", "١٢")),
        {"../x.cap": 1},
    ],
)
def test_other_values_are_refused(given):
    with pytest.raises(ArgumentError, match=r"param must be NAME.PARAMETER=VALUE,...: .* - for example kelly.cap=.1"):
        Settings.of(param=given)


def test_the_option_may_be_given_several_times():
    settings = parse_arguments(["--param", "kelly.cap=.1,.25", "--param=binary.threshold=0"]).settings
    assert settings.trading.param == (*CAPS, ("binary.threshold", (0,)))
    with pytest.raises(ArgumentError, match=r"names kelly.cap twice - write its values together: kelly.cap=1,2"):
        parse_arguments(["--param", "kelly.cap=.1", "--param", "kelly.cap=.25"])


def test_a_settings_file_holds_them(tmp_path):
    settings = Settings.of(param={"kelly.cap": [0.1, 0.25], "kelly.threshold": 0}, hybrids=None)
    (tmp_path / "settings.toml").write_text(settings_toml(settings))
    assert read_settings(tmp_path / "settings.toml").settings == settings
    text = (tmp_path / "settings.toml").read_text()
    assert 'param = {"kelly.cap" = [0.1, 0.25], "kelly.threshold" = [0]}' in text
    assert "--hybrids none --param 'kelly.cap=0.1,0.25 kelly.threshold=0'" in text


def test_a_parameter_of_what_does_not_run_is_refused():
    require_running(CAPS, ["kelly", "ridge"])
    with pytest.raises(ArgumentError, match=r"--param kelly.cap: no strategy or predictor 'kelly' runs - choose from"):
        require_running(CAPS, ["binary", "ridge"])
    with pytest.raises(ArgumentError, match=r"a strategy and a predictor have this name - rename one of them"):
        require_running(CAPS, ["kelly", "kelly"])


@pytest.mark.parametrize(
    ("default", "taken", "refused", "noun"),
    [
        (0.5, {1: 1.0, 0.1: 0.1}, "x", "a number"),
        (5, {3: 3}, 3.5, "a whole number"),
        (True, {"False": False, "true": True}, 1, "true or false"),
        ("fast", {"slow": "slow", 3: "3"}, None, ""),
        (None, {0.1: 0.1, 256: 256, "none": None}, "x", "a number, or none"),
    ],
)
def test_a_value_has_the_type_of_the_default(default, taken, refused, noun):
    for value, typed in taken.items():
        found = convert_like("--param own.one", value, default)
        assert (found, type(found)) == (typed, type(typed))
    if noun:
        with pytest.raises(ArgumentError, match=rf"--param own.one must be {noun}: .* - for example own.one="):
            convert_like("--param own.one", refused, default)


def test_a_default_without_text_is_refused():
    with pytest.raises(ArgumentError, match=r"--param own.one is a tuple, which has no text - set it in the file"):
        convert_like("--param own.one", 1, (1, 2))


@pytest.mark.parametrize(
    ("text", "days"), [("730", 730), ("2y", 730), ("10Y", 3650), ("1mo", 31), ("6mo", 183), ("12mo", 365), ("90d", 90)]
)
def test_a_period_is_days_or_a_length(text, days):
    assert parse_arguments(["--period", text]).settings.data.period == days
    if not text.isdigit():
        assert Settings.of(period=text).data.period == days


@pytest.mark.parametrize("text", ["2w", "6m", "y", "1.5y", "200y"])
def test_another_length_is_refused(text):
    with pytest.raises(ArgumentError, match=r"--period must (be a whole number of days, or a length|lie between)"):
        parse_arguments(["--period", text])


def test_a_start_is_answered_with_the_right_word():
    with pytest.raises(ArgumentError, match=r"no option '--start' - write --test-from DATE .* or --period 2y for the"):
        parse_arguments(["--start", "2018-01-01"])
    with pytest.raises(ArgumentError, match=r"no setting 'start' - write test_from for .* or period for the length"):
        Settings.of(start="2018-01-01")


@pytest.mark.parametrize("module", [parameters, parameter_sets, reading])
def test_the_examples_hold(module):
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)
