"""Dates in any order of day and month: the whole file decides, or the user is asked."""

import pandas as pd
import pytest

from backtrader_walkforward.data.csv.dates import iso_dates
from backtrader_walkforward.errors import DataError


def column(*cells):
    """Dates by line, the first below the header."""
    return pd.Series(cells, range(2, 2 + len(cells)), dtype=str)


@pytest.mark.parametrize(
    ("cells", "iso", "ways"),
    [
        (("2020-01-02", "2020-01-03"), ["2020-01-02", "2020-01-03"], ()),
        (("2020-1-2", "2020-1-13"), ["2020-01-02", "2020-01-13"], ("year-month-day",)),
        (("2020/01/02",), ["2020-01-02"], ("year-month-day",)),
        (("2020.01.02",), ["2020-01-02"], ("year-month-day",)),
        (("20200102",), ["2020-01-02"], ("year-month-day",)),
        (("02/01/2020", "13/01/2020"), ["2020-01-02", "2020-01-13"], ("day-month-year",)),
        (("01/02/2020", "01/13/2020"), ["2020-01-02", "2020-01-13"], ("month-day-year",)),
        (("2.1.2020", "13.1.2020"), ["2020-01-02", "2020-01-13"], ("day-month-year",)),
        (("13-01-2020",), ["2020-01-13"], ("day-month-year",)),
        (("01/13/20",), ["2020-01-13"], ("month-day-year",)),
        (("31/12/99", "03/01/00"), ["1999-12-31", "2000-01-03"], ("day-month-year",)),
        (("Jan 02, 2020", "Feb 3, 2020"), ["2020-01-02", "2020-02-03"], ("month-day-year",)),
        (("January 2 2020",), ["2020-01-02"], ("month-day-year",)),
        (("02-Jan-2020", "3-FEB-2020"), ["2020-01-02", "2020-02-03"], ("day-month-year",)),
        (("2-Jan-20",), ["2020-01-02"], ("day-month-year",)),
        (("2 January 2020",), ["2020-01-02"], ("day-month-year",)),
        (("13.01.2020 00:00:00",), ["2020-01-13 00:00:00"], ("day-month-year",)),
        (("1577975400", "-86400"), ["2020-01-02 14:30:00Z", "1969-12-31 00:00:00Z"], ("seconds since 1970",)),
        (("1577923200000",), ["2020-01-02 00:00:00Z"], ("milliseconds since 1970",)),
    ],
)
def test_one_way_of_writing(cells, iso, ways):
    dates = iso_dates(column(*cells), None, "mine.csv")
    assert dates.cells.tolist() == iso
    assert dates.ways == ways


def test_only_one_order_is_sorted():
    """Days up to 12 can be months: as days first these are 12 January, 11 December and 11 November."""
    dates = iso_dates(column("12/01/2020", "11/12/2020", "11/11/2020"), None, "mine.csv")
    assert dates.cells.tolist() == ["2020-12-01", "2020-11-12", "2020-11-11"]


AMBIGUOUS = column("03/04/2020", "04/04/2020", "06/04/2020")


def test_two_orders_are_asked_for():
    with pytest.raises(DataError) as error:
        iso_dates(AMBIGUOUS, None, "mine.csv")
    assert str(error.value) == (
        "mine.csv: line 2: the date '03/04/2020' is 2020-04-03 as day-month-year, 2020-03-04 as month-day-year, and no"
        " date of the file tells - add --csv-dates day-month-year or --csv-dates month-day-year"
    )


@pytest.mark.parametrize(("order", "first"), [("day-month-year", "2020-04-03"), ("month-day-year", "2020-03-04")])
def test_the_user_settles_it(order, first):
    dates = iso_dates(AMBIGUOUS, order, "mine.csv")
    assert dates.cells.iloc[0] == first
    assert dates.ways == (order,)


def test_three_orders_of_two_digits():
    with pytest.raises(DataError, match="'01/02/03' is 2003-02-01 as day-month-year, 2003-01-02 as month-day-year"):
        iso_dates(column("01/02/03"), None, "mine.csv")
    assert iso_dates(column("01/02/03"), "year-month-day", "mine.csv").cells.tolist() == ["2001-02-03"]


@pytest.mark.parametrize(
    ("cells", "line", "remedy"),
    [
        (("2020-01-13", "14/01/2020"), 3, "write dates as YYYY-MM-DD, for example 2020-03-31"),
        (("01/13/2020", "01/14/2020", "15/01/2020"), 4, "other dates of the file are written as month-day-year"),
        (("13.01.2020", "14.01.2020", "15/01/2020"), 4, "other dates of the file are written as day-month-year"),
        (("13.01.2020", "14.01.2020", "2020-01-15"), 4, "other dates of the file are written as day-month-year"),
        (("13/01/2020", "14/01/20"), 3, "other dates of the file are written as day-month-year"),
        (("13-Jan-2020", "14-Jam-2020"), 3, "other dates of the file are written as day-month-year"),
        (("13/01/2020", "30/02/2020"), 3, "other dates of the file are written as day-month-year"),
        (("1577975400", "2020-01-03"), 2, "write dates as YYYY-MM-DD"),
        (("43832", "43833"), 2, "write dates as YYYY-MM-DD"),
        (("20200102", "20201301"), 3, "write dates as YYYY-MM-DD"),
        (("2020", "2021"), 2, "write dates as YYYY-MM-DD"),
        (("2020-01-13", "Date"), 3, "write dates as YYYY-MM-DD"),
        (("13/01/2020", "\u0661\u0664/01/2020"), 3, "other dates of the file are written as day-month-year"),
    ],
)
def test_a_date_that_is_written_in_another_way_is_refused(cells, line, remedy):
    with pytest.raises(
        DataError, match=rf"^mine.csv: line {line}: the date '.*' is not clear( \(and 1 more\))? - {remedy}"
    ):
        iso_dates(column(*cells), None, "mine.csv")


def test_an_order_that_is_not_that_of_the_file_is_refused():
    with pytest.raises(DataError, match="it is not written as day-month-year: correct --csv-dates, or leave it out"):
        iso_dates(column("2020-01-02"), "day-month-year", "mine.csv")
    with pytest.raises(DataError, match="line 3: the date '01/13/2020' is not clear - other dates of the file are"):
        iso_dates(column("01/02/2020", "01/13/2020"), "day-month-year", "mine.csv")
