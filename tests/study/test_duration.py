"""The guess of a run's duration holds what was measured (docs, Speed and scale), and grows with the work."""

import pytest

from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.duration import seconds_of_panel, seconds_of_run
from backtrader_walkforward.study.stages import Stages

TWO_YEARS, TEN_YEARS = 502, 2_515
"""Complete rows."""


def seconds(rows=TWO_YEARS, **values):
    return seconds_of_run(Stages.of(Settings.of(**values)), rows)


@pytest.mark.parametrize(
    ("values", "rows", "measured"),
    [
        ({"workers": 2}, TWO_YEARS, 133),
        ({"workers": 2, "period": 3650}, TEN_YEARS, 894),
        ({"predictor": "ridge", "tearsheets": "none", "null_models": 2}, TWO_YEARS, 6),
    ],
)
def test_what_was_measured_lies_between_half_and_twice_of_the_guess(values, rows, measured):
    assert seconds(rows, **values) / 2 <= measured <= 2 * seconds(rows, **values)


@pytest.mark.parametrize(("workers", "measured"), [(1, 135), (2, 77)])
def test_so_does_a_panel_of_twenty_stocks_and_ten_years(workers, measured):
    settings = Settings.of(tickers=("A", "B"), predictor="ridge", period=3650, workers=workers)
    guess = seconds_of_panel(Stages.of(settings), 20)
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
