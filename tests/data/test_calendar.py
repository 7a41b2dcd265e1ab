"""Sessions. 20 November 2026 is a Friday, 26 November a holiday; on the 27th New York closes at 13:00."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import exchange_calendars
import pytest

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.errors import ArgumentError

NEW_YORK = ZoneInfo("America/New_York")
XNYS, TOKYO, SHANGHAI, ALWAYS = (ExchangeCalendar(name) for name in ("XNYS", "XTKS", "XSHG", "24/7"))


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


def test_a_weekday_that_no_calendar_knows_has_the_usual_times():
    assert SHANGHAI.close_of(date(2060, 1, 2)).isoformat() == "2060-01-02T15:00:00+08:00"  # a Friday
    assert SHANGHAI.close_of(date(2060, 1, 3)).isoformat() == "2060-01-04T00:00:00+08:00"
    assert ExchangeCalendar("XSAU").close_of(date(1980, 1, 2)).isoformat() == "1980-01-02T15:00:00+03:00"


def test_a_calendar_that_ends_goes_on_with_weekdays():
    """Holidays of Shanghai are announced for a year; 31 December 2060 is a Friday."""
    assert SHANGHAI.known[1] < date(2060, 1, 1)
    assert SHANGHAI.sessions(date(2060, 12, 1), date(2061, 1, 31)).empty
    assert SHANGHAI.next_session(date(2060, 12, 31)) == date(2061, 1, 3)
    assert SHANGHAI.last_session(datetime(2061, 1, 3, 6, 59, tzinfo=UTC)) == date(2060, 12, 31)
    assert SHANGHAI.last_session(datetime(2061, 1, 3, 7, tzinfo=UTC)) == date(2061, 1, 3)
    assert SHANGHAI.open_session(datetime(2061, 1, 3, 6, 59, tzinfo=UTC)).day == date(2061, 1, 3)
    assert SHANGHAI.open_session(datetime(2061, 1, 3, 7, tzinfo=UTC)) is None


def test_the_last_known_year_goes_over_into_weekdays():
    end = SHANGHAI.known[1]
    assert len(SHANGHAI.expected(end - timedelta(days=30), end + timedelta(days=30))) > len(
        SHANGHAI.sessions(end - timedelta(days=30), end + timedelta(days=30))
    )
    assert SHANGHAI.last_session(datetime.combine(end + timedelta(days=3), time(12), UTC)) >= end


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # those of the library
@pytest.mark.parametrize("name", ["XNYS", "XTKS", "XHKG", "24/7"])
def test_the_sessions_are_those_of_the_library(name):
    """Here the holidays of a few years are computed, and there those of two centuries."""
    ours = ExchangeCalendar(name)
    first, last = date(2021, 1, 1), date(2023, 12, 31)
    library = exchange_calendars.get_calendar(name, start=str(first), end=str(last))
    assert list(ours.sessions(first, last)) == list(library.sessions)
    assert [ours.close_of(day.date()) for day in library.sessions] == list(library.closes)


def test_the_holidays_of_seoul():
    """The new year of 2023 was on Sunday, 22 January; Chuseok was from Thursday, 28 September, to Tuesday."""
    seoul = ExchangeCalendar("XKRX")
    assert list(seoul.sessions(date(2023, 1, 20), date(2023, 1, 25)).day) == [20, 25]
    assert list(seoul.sessions(date(2023, 9, 27), date(2023, 10, 4)).day) == [27, 4]


def test_what_is_closed_for_a_funeral_was_due():
    """New York was closed on Wednesday, 5 December 2018, and on Good Friday, 30 March 2018."""
    week = date(2018, 12, 3), date(2018, 12, 7)
    assert len(XNYS.sessions(*week)) == 4
    assert len(XNYS.due(*week)) == 5
    assert len(XNYS.due(date(2018, 3, 26), date(2018, 4, 1))) == 4
    assert list(ALWAYS.due(date(2018, 12, 8), date(2018, 12, 9)).day) == [8, 9]


def test_names():
    assert ExchangeCalendar.named("xnys") == XNYS
    assert XNYS.zone == NEW_YORK
    with pytest.raises(ArgumentError, match=r"--calendar knows no exchange 'XNYX' - did you mean 'XNYS'\?"):
        ExchangeCalendar.named("XNYX")
    with pytest.raises(
        ArgumentError, match=r"--calendar asex: .* cannot make the calendar ASEX - leave it out, or name"
    ):
        ExchangeCalendar.named("asex")
