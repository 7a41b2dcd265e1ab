"""Dates of a CSV file as ISO dates: in one order of year, month and day, which the file itself decides."""

import re
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from backtrader_walkforward.data.csv.refusal import refuse
from backtrader_walkforward.errors import DataError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

TAIL = r"(?P<tail>(?:T|,? )\d{1,2}:\d{2}.*)?"
"""A time of the day, after the date."""

YEAR, TWO_DIGITS = r"(?P<year>\d{4})", r"(?P<year>\d{2})"
MONTH, DAY, MARK = r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})", r"(?P<mark>[-/.])"
NAMED = rf"(?P<month>(?:{'|'.join(MONTHS)})[a-z]*)\.?"

FORMS = (
    ("year-month-day", rf"{YEAR}{MARK}{MONTH}(?P=mark){DAY}"),
    ("year-month-day", r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    ("day-month-year", rf"{DAY}[- ]{NAMED},?[- ](?P<year>\d{{4}}|\d{{2}})"),
    ("month-day-year", rf"{NAMED} {DAY},? {YEAR}"),
    ("day-month-year", rf"{DAY}{MARK}{MONTH}(?P=mark){YEAR}"),
    ("month-day-year", rf"{MONTH}{MARK}{DAY}(?P=mark){YEAR}"),
    ("day-month-year", rf"{DAY}{MARK}{MONTH}(?P=mark){TWO_DIGITS}"),
    ("month-day-year", rf"{MONTH}{MARK}{DAY}(?P=mark){TWO_DIGITS}"),
    ("year-month-day", rf"{TWO_DIGITS}{MARK}{MONTH}(?P=mark){DAY}"),
)
"""Ways to write a date, with the order of its parts."""

HEAD = 20
"""Dates that are read in every way, to find the few in which all may be read."""

LAST_OF_2000S = "68"
"""Last year of two digits that is one of the 2000s, as in POSIX."""

ISO = r"(?!0000)\d{4}-\d{2}-\d{2}(?:[T ].*)?"
UNITS = (("s", r"-?[0-9]{1,11}", 1_000_000_000), ("ms", r"-?[0-9]{12,14}", 1_000_000_000_000))
"""Units of time since 1970: how a number of them is written, and the number in 2001, which a column must reach."""

UNITS_IN_FULL = {"s": "seconds", "ms": "milliseconds"}

ISO_REMEDY = "write dates as YYYY-MM-DD, for example 2020-03-31"


class Dates(NamedTuple):
    """ISO dates as text, some perhaps with a time, and how they were written where it was not so."""

    cells: pd.Series
    ways: tuple[str, ...] = ()


class Reading(NamedTuple):
    """A column of dates in one way of writing: ISO dates, NaN where a cell is not written so."""

    order: str
    cells: pd.Series

    @property
    def is_whole(self) -> bool:
        """Whether every cell is a date."""
        return bool(self.cells.notna().all())

    @property
    def is_sorted(self) -> bool:
        """Whether each day is later than the one before it, or each is earlier."""
        days = self.cells.str[:10]
        return bool(days.is_unique and (days.is_monotonic_increasing or days.is_monotonic_decreasing))


def iso_dates(cells: pd.Series, order: str | None, name: str) -> Dates:
    """Return the dates of a column as ISO dates.

    All dates of the file are written in one way. Where two orders of day and month give dates, the file decides by
    being sorted in one of them alone.

    Parameters
    ----------
    cells : Series
        Text, indexed by line.
    order : str, optional
        The order that the user says, such as `day-month-year`.
    name : str
        Name of the file, with which messages begin.

    Raises
    ------
    DataError
        If a cell is no date, or not written as the others are, or if the file does not tell the order.
    """
    cells = cells.str.strip()
    if order in (None, "year-month-day") and cells.str.fullmatch(ISO).all():
        return Dates(cells)
    if order is None and (moments := _since_1970(cells)):
        return moments
    forms = [form for form in FORMS if order in (None, form[0])]
    likely = [form for form in forms if _read(cells.head(HEAD), *form).is_whole]
    whole = [one for one in (_read(cells, *form) for form in likely) if one.is_whole]
    if not whole:
        _refuse_worst(cells, [_read(cells, *form) for form in forms], order, name)
    sorted_ones = [one for one in whole if one.is_sorted]
    _refuse_two_orders(cells, sorted_ones, name)
    chosen = (sorted_ones or whole)[0]
    return Dates(chosen.cells, (chosen.order,))


def _since_1970(cells: pd.Series) -> Dates | None:
    """Return seconds or milliseconds since 1970 as times in UTC; None where the cells are no such numbers."""
    for unit, pattern, least in UNITS:
        if cells.str.fullmatch(pattern).all():
            numbers = cells.astype("int64")
            if numbers.max() >= least:
                times = pd.Series(numbers.to_numpy().astype(f"datetime64[{unit}]"), cells.index)
                return Dates(times.dt.strftime("%Y-%m-%d %H:%M:%SZ"), (f"{UNITS_IN_FULL[unit]} since 1970",))
    return None


def _read(cells: pd.Series, order: str, pattern: str) -> Reading:
    """Return the dates of a column that are written in one way."""
    parts = cells.str.extract(re.compile(rf"^{pattern}{TAIL}$", re.IGNORECASE | re.ASCII))
    if "mark" in parts:
        parts = parts.where(parts["mark"].isin(parts["mark"].mode()[:1]))
    month = parts["month"].str.lower().str[:3].replace({word: str(at) for at, word in enumerate(MONTHS, 1)})
    year = _four_digits(parts["year"])
    dates = year + "-" + month.str.zfill(2) + "-" + parts["day"].str.zfill(2)
    real = pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce").notna()
    return Reading(order, (dates + parts["tail"].fillna("").str.replace("^(?:T|,? )", " ", regex=True)).where(real))


def _four_digits(year: pd.Series) -> pd.Series:
    """Return years, those of two digits with their century."""
    short = year.str.len() == 2
    return year.mask(short & (year <= LAST_OF_2000S), "20" + year).mask(short & (year > LAST_OF_2000S), "19" + year)


def _refuse_worst(cells: pd.Series, readings: list[Reading], order: str | None, name: str) -> None:
    """Raise for the first date that is not written as most of the others are."""
    best = max(readings, key=lambda one: one.cells.notna().sum())
    remedy = ISO_REMEDY
    if order and best.cells.isna().all():
        remedy = f"it is not written as {order}: correct --csv-dates, or leave it out"
    elif best.order != "year-month-day" and best.cells.notna().any():
        remedy = f"other dates of the file are written as {best.order}: write all in one way, best as YYYY-MM-DD"
    refuse(cells[best.cells.isna()], "date", remedy, name)


def _refuse_two_orders(cells: pd.Series, readings: list[Reading], name: str) -> None:
    """Raise if the dates are sorted in two orders that give other days."""
    for first, other in pairwise(readings):
        differ = first.cells != other.cells
        if differ.any():
            at = cells.index[differ][0]
            raise DataError(
                f"{name}: line {at}: the date {cells[at]!r} is {first.cells[at]} as {first.order}, {other.cells[at]} as"
                f" {other.order}, and no date of the file tells"
                f" - add --csv-dates {first.order} or --csv-dates {other.order}"
            )
