"""Days of the exchange from ISO dates, which may have a time."""

from typing import NamedTuple

import pandas as pd

from backtrader_walkforward.data.calendar import AROUND_THE_CLOCK, ExchangeCalendar
from backtrader_walkforward.data.csv.dates import ISO_REMEDY, iso_dates
from backtrader_walkforward.data.csv.refusal import refuse

STAMP = r"^((?!0000)\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$"
"""A day, or a day with a time, or with a time and the zone of it."""

MIDNIGHT = r"00:00(?::00(?:\.0+)?)?"

WEEKDAYS = range(5)

MONDAY, TUESDAY_TO_SATURDAY = 0, range(1, 6)

NEEDS_CALENDAR = "it is not midnight, so the day is another one in other places: add --calendar, such as XTKS"


class Days(NamedTuple):
    """Days, and what is unusual about how they are written."""

    series: pd.Series
    ways: tuple[str, ...] = ()


def read_days(cells: pd.Series, calendar: ExchangeCalendar | None, order: str | None, name: str) -> Days:
    """Return the days of a column of text; see `iso_dates` and `days_at_exchange`."""
    dates = iso_dates(cells, order, name)
    days = days_at_exchange(dates.cells, calendar, name, cells)
    return Days(days.series, (*dates.ways, *days.ways))


def days_at_exchange(
    cells: pd.Series, calendar: ExchangeCalendar | None, name: str, written: pd.Series | None = None
) -> Days:
    """Return the days of ISO dates, which may have a time of day; `written` are the cells of the file.

    A time that is midnight as it is written stands for its day. Any other is a moment: a midnight at the exchange, with
    which a day begins; the begin of a session; or a time before the close on the day of a session. Without a calendar
    the days are those of UTC if the moments fall on every weekday and on no other day. An exchange whose sessions
    begin on the day before in UTC has some that begin on a Sunday. Midnights from Tuesday to Saturday, and none on a
    Monday, are the ends of the days from Monday to Friday.

    Raises
    ------
    DataError
        If a cell is no date, or a moment belongs to no day.
    """
    written = cells if written is None else written
    parts = cells.str.extract(STAMP)
    days = pd.to_datetime(parts[0], format="%Y-%m-%d", errors="coerce")
    refuse(written[days.isna()], "date", ISO_REMEDY, name)
    moved = parts[1].notna() & ~parts[1].str.fullmatch(MIDNIGHT).fillna(value=False).astype(bool)
    zoned = bool(parts[2].notna().all())
    if not moved.any():
        return _without_ends(days) if zoned else Days(days)
    unclear = moved & parts[2].isna()
    refuse(
        written[unclear], "date", "a time that is not midnight needs its zone, such as Z: or write the day alone", name
    )
    moments = pd.to_datetime(cells[moved], utc=True, format="ISO8601", errors="coerce")
    if calendar is None:
        found = moments.dt.tz_localize(None).dt.normalize()
        if not _are_weekdays(found, days[~moved]):
            refuse(written[moved], "date", NEEDS_CALENDAR, name)
        return Days(days.mask(moved, found), ("days of UTC, Monday to Friday",))
    found = _days_of_moments(moments, calendar)
    remedy = f"it is not midnight in {calendar.zone}: write the days of the exchange"
    refuse(written[moved][found.isna()], "date", remedy, name)
    days = days.mask(moved, found)
    return _without_ends(days) if zoned else Days(days)


def _without_ends(days: pd.Series) -> Days:
    """Return the days of midnights: the days before, where the midnights end the days from Monday to Friday."""
    weekdays = set(days.dt.day_of_week)
    if not weekdays.issuperset(TUESDAY_TO_SATURDAY) or MONDAY in weekdays:
        return Days(days)
    return Days(days - pd.Timedelta(days=1), ("midnights at the end of each day",))


def _are_weekdays(found: pd.Series, others: pd.Series) -> bool:
    """Tell whether moments fall on all weekdays, and neither they nor the other days on a Saturday or Sunday."""
    return set(found.dt.day_of_week) == set(WEEKDAYS) and set(others.dt.day_of_week) <= set(WEEKDAYS)


def _days_of_moments(moments: pd.Series, calendar: ExchangeCalendar) -> pd.Series:
    """Return the day of the exchange to which each moment belongs; NaT where there is none."""
    local = moments.dt.tz_convert(str(calendar.zone)).dt.tz_localize(None)
    days = local.where(local == local.dt.normalize())
    return days.fillna(_days_of_sessions(local, calendar)) if days.isna().any() else days


def _days_of_sessions(local: pd.Series, calendar: ExchangeCalendar) -> pd.Series:
    """Return the day of the session that begins at each time at the exchange, or on the same day and is not over."""
    known = local.dropna()
    if known.empty:
        return local
    times = calendar.session_times(known.min().date(), known.max().date())
    by_open = pd.Series(times.index, times["opens"])
    short = times[times["closes"] - times["opens"] < AROUND_THE_CLOCK]
    day = local.dt.normalize()
    closes = day.map(short["closes"])
    return local.map(by_open).fillna(day.where(local < closes))
