"""Sessions of an exchange: on which days, and when each closes. The only module that imports exchange_calendars."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple, Self

import pandas as pd

from backtrader_walkforward.errors import ArgumentError, DataError, did_you_mean

AROUND_THE_CLOCK = timedelta(hours=22)
"""Length of a session from which on the next one opens nearly at once: nobody waits for the time between."""

MARGIN = timedelta(days=15)
"""Days within which every exchange has a session, but for a war."""

EARLIEST = date(1900, 1, 1)
"""First day of any calendar."""

LATEST = date(2200, 12, 31)
"""Last day of any calendar."""

USUAL_YEARS = 3
"""Years that are made at once: a run of the default period asks for them bit by bit."""


class Session(NamedTuple):
    """A session, with its times in the time zone of the exchange."""

    day: date
    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class ExchangeCalendar:
    """The sessions of an exchange, with its holidays and early closes.

    Attributes
    ----------
    name : str
        As exchange_calendars has it: the code of the exchange (ISO 10383) such as `XNYS`, or `24/7`.
    """

    name: str

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the calendar of this name; raise `ArgumentError` if there is none."""
        with _quiet():
            import exchange_calendars

            known = exchange_calendars.get_calendar_names()
        if name.upper() not in known:
            raise ArgumentError(
                f"--calendar knows no exchange {name!r}{did_you_mean(name.upper(), known)} - for example XNYS, XTKS or"
                " 24/7"
            )
        calendar = cls(name.upper())
        try:
            calendar.sessions(date.today(), date.today())
        except DataError as error:
            raise ArgumentError(f"--calendar {name}: {error} - leave it out, or name another exchange") from error
        return calendar

    @property
    def zone(self) -> tzinfo:
        """Time zone of the exchange."""
        zone: tzinfo = self._around(date.today()).tz
        return zone

    @property
    def known(self) -> tuple[date, date]:
        """First and last day of the calendar: some exchanges announce their holidays year by year."""
        kind = _kind_of(self.name)
        first, last = kind.bound_min(), kind.bound_max()
        return first.date() if first is not None else EARLIEST, last.date() if last is not None else LATEST

    def sessions(self, first: date, last: date) -> pd.DatetimeIndex:
        """Return the days of all sessions from `first` to `last`, as far as they are known."""
        return _within(self._around(first, last).sessions, first, last)

    def expected(self, first: date, last: date) -> pd.DatetimeIndex:
        """Return the days of all sessions, and of the weekdays before and after the days that the calendar knows."""
        begin, end = map(pd.Timestamp, self.known)
        days = pd.date_range(first, last)
        unknown = days[(days < begin) | (days > end)]
        return self.sessions(first, last).union(_on_weekdays(unknown, self._around(last).weekmask))

    def due(self, first: date, last: date) -> pd.DatetimeIndex:
        """Return the days on which a session was due long before: those of sessions, and those closed ad hoc.

        A closure that is announced for one year alone counts as ad hoc, as one for a storm does.
        """
        calendar = self._around(first, last)
        closed = pd.DatetimeIndex([pd.Timestamp(day).tz_localize(None) for day in calendar.adhoc_holidays])
        return self.sessions(first, last).union(_on_weekdays(_within(closed, first, last), calendar.weekmask))

    def session_times(self, first: date, last: date) -> pd.DataFrame:
        """Return when the sessions around these days open and close, by day, as the clocks of the exchange show it."""
        calendar = self._around(first - MARGIN, last + MARGIN)
        times = pd.DataFrame({"opens": calendar.opens, "closes": calendar.closes})
        return times.apply(lambda moments: moments.dt.tz_convert(str(calendar.tz)).dt.tz_localize(None))

    def close_of(self, day: date) -> datetime:
        """Return when the session of a day closes; of a day without one, when the day is over at the exchange."""
        session = self._session(day)
        return session.closes if session else datetime.combine(day + timedelta(days=1), time(), self.zone)

    def last_session(self, now: datetime, until: date | None = None) -> date:
        """Return the day of the last session that is over at `now`, of those up to a day if one is given."""
        until = until or self.next_session(now.date())
        days = self.expected(until - MARGIN, until)
        return next(day.date() for day in reversed(days) if self.close_of(day.date()) <= now)

    def next_session(self, day: date) -> date:
        """Return the day of the first session after a day; after the end of the calendar, of the first weekday."""
        first: date = self.expected(day + timedelta(days=1), day + MARGIN)[0].date()
        return first

    def open_session(self, now: datetime) -> Session | None:
        """Return the session that is open at `now`; None between two sessions, and where they follow at once."""
        session = self._session(self.next_session(self.last_session(now)))
        is_open = session and session.opens <= now and session.closes - session.opens < AROUND_THE_CLOCK
        return session if is_open else None

    def _session(self, day: date) -> Session | None:
        """Return the session of a day, with the usual times where it is only expected; None if there is none."""
        calendar, stamp = self._around(day), pd.Timestamp(day)
        if stamp in calendar.sessions:
            moments = calendar.session_open(stamp), calendar.session_close(stamp)
            return Session(day, *(moment.tz_convert(str(calendar.tz)).to_pydatetime() for moment in moments))
        if len(self.expected(day, day)):
            usual = calendar.open_times[-1][1], calendar.close_times[-1][1]
            return Session(day, *(datetime.combine(day, moment, calendar.tz) for moment in usual))
        return None

    def _around(self, first: date, last: date | None = None) -> Any:
        """Return the calendar of exchange_calendars, for at least these days."""
        first, last = max(first, EARLIEST), last or first
        known = _YEARS.get(self.name, (last.year + 1 - USUAL_YEARS, last.year))
        _YEARS[self.name] = min(known[0], (first - MARGIN).year), max(known[1], (last + MARGIN).year)
        return _calendar(self.name, *_YEARS[self.name])


def _within(days: pd.DatetimeIndex, first: date, last: date) -> pd.DatetimeIndex:
    return days[(days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))].as_unit("us")


def _on_weekdays(days: pd.DatetimeIndex, weekmask: str) -> pd.DatetimeIndex:
    """Return the days of those weekdays that a mask such as `1111100` marks, Monday first."""
    return days[[weekmask[weekday] == "1" for weekday in days.day_of_week]]


_YEARS: dict[str, tuple[int, int]] = {}
"""First and last year asked for of each calendar: what was made once serves for all parts of it."""


@cache
def _calendar(name: str, first_year: int, last_year: int) -> Any:
    """Return the sessions of these years, or of those of them that are known."""
    kind, first, last = _kind_of(name), pd.Timestamp(first_year, 1, 1), pd.Timestamp(last_year, 12, 31)
    if kind.bound_max():
        last = min(last, kind.bound_max())
    first = min(first, last - pd.Timedelta(days=366))
    if kind.bound_min():
        first = max(first, kind.bound_min())
        last = max(last, first + pd.Timedelta(days=366))
    try:
        with _quiet():
            return _bounded(kind, first, last)(first, last)
    except (ValueError, NotImplementedError) as error:  # some calendars fail with some versions of pandas
        raise DataError(f"the installed exchange_calendars and pandas cannot make the calendar {name}") from error


@cache
def _kind_of(name: str) -> Any:
    """Return the class of a calendar."""
    with _quiet():
        from exchange_calendars import get_calendar, resolve_alias

        name = resolve_alias(name)
        try:
            module = import_module(f"exchange_calendars.exchange_calendar_{name.lower()}")
        except ModuleNotFoundError:  # one that is no exchange, and quickly made
            return type(get_calendar(name))
        return getattr(module, f"{name}ExchangeCalendar")


def _bounded(kind: Any, first: pd.Timestamp, last: pd.Timestamp) -> Any:
    """Return a class of calendars that computes the holidays of some days alone.

    The library computes those of 1970 to 2200, whichever days are asked for: four seconds for Seoul.
    """
    from exchange_calendars.exchange_calendar import HolidayCalendar

    first, last = first - MARGIN, last + MARGIN

    class Holidays(HolidayCalendar):
        def holidays(self, start: Any = None, end: Any = None, return_name: bool = False) -> Any:
            return super().holidays(start or first, end or last, return_name)

    class Bounded(kind):
        @property
        def regular_holidays(self) -> Any:
            regular = super().regular_holidays
            return Holidays(regular.rules) if type(regular) is HolidayCalendar else regular

        @property
        def adhoc_holidays(self) -> list[pd.Timestamp]:
            days = (pd.Timestamp(day) for day in super().adhoc_holidays)
            return [day for day in days if first <= day.tz_localize(None) <= last]

    return Bounded


@contextmanager
def _quiet() -> Iterator[None]:
    """Within the block, in which only the library works, hide the warnings that others give it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
