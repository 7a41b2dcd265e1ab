"""Bars a year, from the days of the bars alone."""

import pandas as pd
import pytest

from backtrader_walkforward.data.frequency import bars_a_year

WEEKDAYS = pd.bdate_range("2020-01-01", "2023-12-31")
SATURDAYS = pd.date_range("2020-01-01", "2023-12-31", freq="W-SAT")
EVERY_DAY = pd.date_range("2020-01-01", "2023-12-31")


@pytest.mark.parametrize(
    ("days", "per_year"),
    [
        (WEEKDAYS, 252),
        (WEEKDAYS[:2], 252),
        (WEEKDAYS[2:5], 252),
        (WEEKDAYS[[0]], 252),
        (WEEKDAYS[:0], 252),
        (WEEKDAYS.delete(slice(300, 500)), 252),
        (WEEKDAYS.append(pd.DatetimeIndex(["2024-01-06", "2024-01-07"])), 252),
        (EVERY_DAY[EVERY_DAY.day_of_week.isin([6, 0, 1, 2, 3])], 252),
        (EVERY_DAY, 365),
        (EVERY_DAY[:60], 365),
        (EVERY_DAY[EVERY_DAY.day_of_week != 5], 313),
        (WEEKDAYS.append(SATURDAYS[::2]).sort_values(), 313),
        (WEEKDAYS.append(SATURDAYS[::6]).sort_values(), 252),
        (pd.date_range("2020-01-03", "2023-12-31", freq="W-FRI"), 52),
        (pd.date_range("2020-01-03", periods=15, freq="W-MON"), 52),
        (pd.date_range("2020-01-03", periods=3, freq="W-FRI"), 52),
        (pd.date_range("2018-04-30", periods=9, freq="ME"), 12),
        (pd.DatetimeIndex(["2024-03-28", "2024-04-02"]), 252),
        (pd.date_range("2020-01-31", "2023-12-31", freq="ME"), 12),
        (pd.date_range("2010-01-31", "2023-12-31", freq="QE"), 4),
        (EVERY_DAY[EVERY_DAY.day_of_week.isin([0, 2, 4])], 157),
        (pd.date_range("1990-12-31", "2023-12-31", freq="2YE"), 1),
    ],
)
def test_bars_a_year(days, per_year):
    assert bars_a_year(days) == per_year


def test_the_sample_has_252(sample):
    assert bars_a_year(sample.index) == 252
