"""Days from midnights: a midnight begins its day, or ends the day before."""

import pandas as pd
import pytest

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.csv.days import read_days
from backtrader_walkforward.errors import DataError

ENDS = ("midnights at the end of each day",)
SINCE = "seconds since 1970"


def read(stamps, calendar=None):
    """The days of stamps, and the ways in which they are written."""
    cells = pd.Series(stamps, range(2, 2 + len(stamps)), dtype=str)
    days = read_days(cells, calendar and ExchangeCalendar(calendar), None, "mine.csv")
    return [f"{day:%a %d}" for day in days.series], days.ways


TUESDAY = 1_730_764_800
"""Midnight in UTC with which Tuesday, 2024-11-05, begins."""

MONDAY_TO_FRIDAY = ["Mon 04", "Tue 05", "Wed 06", "Thu 07", "Fri 08"]


@pytest.mark.parametrize("calendar", [None, "XNYS"])
def test_midnights_from_tuesday_to_saturday_end_the_days_before(calendar):
    stamps = [TUESDAY + 86_400 * day for day in range(5)]
    assert read(stamps, calendar) == (MONDAY_TO_FRIDAY, (SINCE, *ENDS))
    assert read([f"2024-11-{day:02}T00:00:00Z" for day in range(5, 10)], calendar) == (MONDAY_TO_FRIDAY, ENDS)


def test_midnights_at_the_exchange_may_end_the_days_before():
    stamps = [TUESDAY + 5 * 3600 + 86_400 * day for day in range(5)]
    assert read(stamps, "XNYS") == (MONDAY_TO_FRIDAY, (SINCE, *ENDS))


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (-1, MONDAY_TO_FRIDAY),
        (-1, [*MONDAY_TO_FRIDAY, "Sat 09", "Sun 10"]),
        (0, ["Tue 05", "Wed 06", "Thu 07", "Fri 08"]),
    ],
    ids=["a week", "around the clock", "a short week"],
)
def test_other_midnights_begin_their_days(first, days):
    assert read([TUESDAY + 86_400 * (first + day) for day in range(len(days))]) == (days, (SINCE,))


def test_days_without_a_zone_are_those_written():
    assert read([f"2024-11-{day:02}" for day in range(5, 8)] + ["2024-11-08 00:00", "2024-11-09"]) == (
        ["Tue 05", "Wed 06", "Thu 07", "Fri 08", "Sat 09"],
        (),
    )


def test_a_refused_date_is_quoted_as_the_file_has_it():
    cells = pd.Series(["05/01/2024 10:30", "31/01/2024 10:30"], index=[2, 3])
    with pytest.raises(DataError, match="line 2: the date '05/01/2024 10:30' is not clear"):
        read_days(cells, None, "day-month-year", "prices.csv")
