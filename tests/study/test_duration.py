"""The guess of a run's duration holds what was measured (docs, Speed and scale), and grows with the work."""

from datetime import date

import pandas as pd
import pytest

from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.duration import seconds_of_panel, seconds_of_run
from backtrader_walkforward.study.stages import Stages

TWO_YEARS, TEN_YEARS = 502, 2_515
"""Complete rows."""


LAST = date(2025, 6, 30)


def days_of(rows):
    return pd.bdate_range(end=LAST, periods=rows)


def seconds(rows=TWO_YEARS, **values):
    return seconds_of_run(Stages.of(Settings.of(**values)), days_of(rows))


def seconds_of_twenty(**values):
    settings = Settings.of(tickers=("A", "B"), predictor="ridge", period=3650, end=LAST, **values)
    return seconds_of_panel(Stages.of(settings), 20)


@pytest.mark.parametrize(
    ("values", "rows", "measured"),
    [
        ({"workers": 2, "search_every": 1}, TWO_YEARS, 133),
        ({"workers": 2, "search_every": 1, "period": 3650}, TEN_YEARS, 894),
        ({"predictor": "ridge", "tearsheets": "none", "null_models": 2}, TWO_YEARS, 6),
    ],
)
def test_what_was_measured_lies_between_half_and_twice_of_the_guess(values, rows, measured):
    assert seconds(rows, **values) / 2 <= measured <= 2 * seconds(rows, **values)


@pytest.mark.parametrize(("workers", "measured"), [(1, 135), (2, 77)])
def test_so_does_a_panel_of_twenty_stocks_and_ten_years(workers, measured):
    guess = seconds_of_twenty(workers=workers)
    assert guess / 2 <= measured <= 2 * guess


@pytest.mark.parametrize(
    "more",
    [
        {"seeds": 3},
        {"ensemble": 2},
        {"importance": True},
        {"null_models": 500},
        {"units": (256, 64)},
        {"lookback": 90},
        {"retrain_every": 5},
    ],
)
def test_more_work_takes_longer(more):
    assert seconds(**more) > 1.1 * seconds()


def test_more_workers_take_less():
    assert seconds(workers=8) < seconds(workers=2) < seconds()


def test_a_test_that_begins_at_seventy_percent_takes_as_long_as_one_without_a_day():
    assert seconds(test_from=days_of(TWO_YEARS)[351]) == seconds()  # 351 is 70 % of 502


def test_a_test_that_begins_later_takes_less():
    late = date(2025, 6, 2)  # 21 business days, one fit; by default 151 rows and eight fits
    assert seconds(test_from=late) < 0.5 * seconds()
    assert seconds_of_twenty(test_from=late) < 0.5 * seconds_of_twenty()
