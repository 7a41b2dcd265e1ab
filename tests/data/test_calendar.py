"""Sessions. 20 November 2026 is a Friday, 26 November a holiday; on the 27th New York closes at 13:00."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.errors import ArgumentError, DataError

NEW_YORK = ZoneInfo("America/New_York")
XNYS, TOKYO, ALWAYS = (ExchangeCalendar(name) for name in ("XNYS", "XTKS", "24/7"))


def at(text, zone=NEW_YORK):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("calendar", "now", "last", "opened"),
    [
        (XNYS, at("11-20 16:00"), "11-20", None),
        (XNYS, at("11-20 15:59"), "11-19", "11-20"),
        (XNYS, at("11-20 09:29"), "11-19", None),
        (XNYS, at("11-22 12:00"), "11-20", None),
        (XNYS, at("11-26 18:00"), "11-25", None),
        (XNYS, at("11-27 12:59"), "11-25", "11-27"),
        (XNYS, at("11-27 13:00"), "11-27", None),
        (XNYS, at("11-21 01:00", UTC), "11-20", None),
        (TOKYO, at("11-22 23:30", UTC), "11-20", None),
        (TOKYO, at("11-24 00:30", UTC), "11-20", "11-24"),
        (ALWAYS, at("11-21 10:00", UTC), "11-20", None),
        (ALWAYS, at("11-22 00:00", UTC), "11-21", None),
    ],
    ids=[
        "at the close",
        "a minute before",
        "before the open",
        "on Sunday",
        "on a holiday",
        "before an early close",
        "at an early close",
        "Saturday in UTC",
        "Monday in Tokyo is a holiday",
        "Tuesday in Tokyo, Monday in New York",
        "a session of every day",
        "at midnight",
    ],
)
def test_the_last_session_and_the_open_one(calendar, now, last, opened):
    assert calendar.last_session(now) == date.fromisoformat(f"2026-{last}")
    session = calendar.open_session(now)
    assert (session and f"{session.day:%m-%d}") == opened


def test_a_session_that_is_open_has_its_times():
    session = XNYS.open_session(at("11-27 12:00"))
    assert (session.opens, session.closes) == (at("11-27 09:30"), at("11-27 13:00"))
    assert str(session.closes.tzinfo) == "America/New_York"


def test_the_last_session_up_to_a_day():
    assert XNYS.last_session(at("12-01 12:00"), date(2026, 11, 26)) == date(2026, 11, 25)
    assert XNYS.last_session(at("11-20 12:00"), date(2026, 11, 20)) == date(2026, 11, 19)


def test_the_next_session():
    assert XNYS.next_session(date(2026, 11, 25)) == date(2026, 11, 27)
    assert XNYS.next_session(date(2018, 12, 31)) == date(2019, 1, 2)
    assert ALWAYS.next_session(date(2026, 11, 20)) == date(2026, 11, 21)


def test_the_sessions_of_new_york_are_the_days_of_the_sample(sample):
    assert XNYS.sessions(sample.index[0].date(), sample.index[-1].date()).equals(sample.index.as_unit("us"))


def test_a_day_without_a_session_is_over_at_midnight():
    assert XNYS.close_of(date(2026, 11, 26)) == at("11-27 00:00")


def test_a_day_that_no_calendar_knows_is_over_at_midnight():
    assert ExchangeCalendar("XSHG").close_of(date(2060, 1, 2)).isoformat() == "2060-01-03T00:00:00+08:00"
    assert ExchangeCalendar("XSAU").close_of(date(1980, 1, 2)).isoformat() == "1980-01-03T00:00:00+03:00"


def test_a_calendar_that_ends_is_refused_by_name():
    with pytest.raises(DataError, match="the calendar of XSHG does not go beyond 2060-01-02 - install a newer"):
        ExchangeCalendar("XSHG").last_session(datetime(2060, 1, 2, tzinfo=UTC))


def test_names():
    assert ExchangeCalendar.named("xnys") == XNYS
    assert XNYS.zone == NEW_YORK
    with pytest.raises(ArgumentError, match=r"--calendar knows no exchange 'XNYX' - did you mean 'XNYS'\?"):
        ExchangeCalendar.named("XNYX")
