import doctest
import importlib
from datetime import date

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.reports.formatting import forecast_text, json_value, number, percent, span_of


@pytest.mark.parametrize(
    "module",
    [
        "panel.heat_map",
        "drawing.month_cells",
        "drawing.quantstats_tables",
        "pages.axes",
        "pages.run_plots",
        "drawing.style",
        "data_files",
        "sections.costs",
        "sections.significance",
        "formatting",
        "run_folder",
    ],
)
def test_the_examples_in_the_docstrings_hold(module):
    outcome = doctest.testmod(importlib.import_module(f"backtrader_walkforward.reports.{module}"))
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("-inf"), None),
        (np.float64(0.25), 0.25),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (None, None),
        ("kelly", "kelly"),
        (date(2018, 6, 4), "2018-06-04"),
        (pd.Timestamp("2018-06-04"), "2018-06-04"),
    ],
)
def test_plain_values_are_what_json_knows(value, expected):
    assert json_value(value) == expected
    assert type(json_value(value)) is type(expected)


@pytest.mark.parametrize("undefined", [None, float("nan"), float("inf")])
def test_what_is_undefined_is_never_shown_as_a_number(undefined):
    assert (percent(undefined), number(undefined)) == ("n/a", "n/a")


def test_a_rounded_zero_has_no_sign():
    assert (percent(-1e-9), number(-1e-9)) == ("0.00%", "0.00")


def test_where_only_closes_are_known_a_forecast_is_of_closes():
    assert forecast_text(0.0006, 100.0, "traded", "close") == "a return of 0.06% from its close to the next one"
    assert span_of("traded", "close") == "from the next close to the close after it"
