"""Sessions of an exchange: on which days, and when each closes. The only module that imports exchange_calendars."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any, NamedTuple, Self

import pandas as pd

from backtrader_walkforward.errors import ArgumentError, DataError, did_you_mean

AROUND_THE_CLOCK = timedelta(hours=22)
"""Length of a session from which on the next one opens nearly at once: nobody waits for the time between."""

MARGIN = timedelta(days=15)
"""Days within which every exchange has a session."""

EARLIEST = date(1900, 1, 1)
"""First day of any calendar."""

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
        return cls(name.upper())

    @property
    def zone(self) -> tzinfo:
        """Time zone of the exchange."""
        zone: tzinfo = self._around(date.today()).tz
        return zone

    def sessions(self, first: date, last: date) -> pd.DatetimeIndex:
        """Return the days of all sessions from `first` to `last`, as far as they are known."""
        days = pd.DatetimeIndex(self._around(first, last).sessions)
        return days[(days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))]

    def close_of(self, day: date) -> datetime:
        """Return when the session of a day closes; of a day without one, when the day is over at the exchange."""
        calendar = self._around(day)
        if len(self.sessions(day, day)):
            return self._moment(calendar.session_close(pd.Timestamp(day)))
        return datetime.combine(day + timedelta(days=1), time(), calendar.tz)

    def last_session(self, now: datetime, until: date | None = None) -> date:
        """Return the day of the last session that is over at `now`, of those up to a day if one is given."""
        until = until or self.next_session(now.date())  # a calendar that ends before it may lack the last one, too
        days = self.sessions(until - MARGIN, until)
        return next(day.date() for day in reversed(days) if self.close_of(day.date()) <= now)

    def next_session(self, day: date) -> date:
        """Return the day of the first session after a day."""
        later = self.sessions(day + timedelta(days=1), day + MARGIN)
        if later.empty:
            raise DataError(
                f"the calendar of {self.name} does not go beyond {day} - install a newer exchange_calendars"
            )
        return later[0].date()

    def open_session(self, now: datetime) -> Session | None:
        """Return the session that is open at `now`; None between two sessions, and where they follow at once."""
        day = self.next_session(self.last_session(now))
        opens = self._moment(self._around(day).session_open(pd.Timestamp(day)))
        session = Session(day, opens, self.close_of(day))
        return session if opens <= now and session.closes - opens < AROUND_THE_CLOCK else None

    def _around(self, first: date, last: date | None = None) -> Any:
        """Return the calendar of exchange_calendars, for at least these days."""
        first, last = max(first, EARLIEST), last or first
        known = _YEARS.get(self.name, (last.year + 1 - USUAL_YEARS, last.year))
        _YEARS[self.name] = min(known[0], (first - MARGIN).year), max(known[1], (last + MARGIN).year)
        return _calendar(self.name, *_YEARS[self.name])

    def _moment(self, moment: pd.Timestamp) -> datetime:
        local: datetime = moment.tz_convert(str(self.zone)).to_pydatetime()
        return local


_YEARS: dict[str, tuple[int, int]] = {}
"""First and last year asked for of each calendar: what was made once serves for all parts of it."""


@cache
def _calendar(name: str, first_year: int, last_year: int) -> Any:
    """Return the sessions of these years, or of those of them that are known."""
    start, end = {"start": f"{first_year}-01-01"}, {"end": f"{last_year}-12-31"}
    with _quiet():
        from exchange_calendars import get_calendar

        for bounds in (start | end, start, end, {}):
            try:
                return get_calendar(name, **bounds)
            except (ValueError, NotImplementedError):  # of some exchanges the holidays are not known for all years
                continue
    raise DataError(f"exchange_calendars has no sessions of {name} from {first_year} to {last_year}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Within the block, in which only the library works, hide the warnings that others give it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
