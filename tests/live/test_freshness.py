"""Prices that are fresh, and prices that are refused. 20 November 2026 is a Friday, 26 November a holiday."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from backtrader_walkforward.data import Prices, load_prices
from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.live.freshness import require_fresh
from backtrader_walkforward.settings.settings import Settings
from tests.data.yahoo_server import DAY, OPENING, chart, session

NEW_YORK = ZoneInfo("America/New_York")
SYDNEY = ZoneInfo("Australia/Sydney")
HONOLULU = ZoneInfo("Pacific/Honolulu")


def at(text, zone=NEW_YORK):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


def day(text):
    return date.fromisoformat(f"2026-{text}") if text else None


def check(last, now, end=None, calendar="XNYS"):
    """Check prices up to `last` at the time `now`."""
    frame = pd.DataFrame({"Close": 100.0}, pd.DatetimeIndex([day(last)]))
    prices = Prices(frame, "SPY", "a source", calendar=calendar and ExchangeCalendar(calendar))
    require_fresh(prices, Settings.of(end=day(end)), now)


@pytest.mark.parametrize(
    ("last", "now", "end", "calendar"),
    [
        ("11-20", at("11-20 16:00"), None, "XNYS"),
        ("11-20", at("11-21 12:00"), None, "XNYS"),
        ("11-20", at("11-23 08:00"), None, "XNYS"),
        ("11-25", at("11-26 20:00"), None, "XNYS"),
        ("11-25", at("11-27 08:00"), None, "XNYS"),
        ("11-27", at("11-27 13:00"), None, "XNYS"),
        ("11-20", at("11-21 01:00", UTC), None, "XNYS"),
        ("11-20", at("11-23 11:00"), "11-20", "XNYS"),
        ("11-25", at("11-30 11:00"), "11-26", "XNYS"),
        ("11-24", at("11-24 19:00", SYDNEY), None, "XASX"),
        ("11-24", at("11-24 19:00", SYDNEY), "11-24", "XASX"),
        ("11-20", at("11-21 10:00", UTC), None, "24/7"),
        ("11-21", at("11-22 00:00", UTC), None, "24/7"),
        ("11-20", at("11-20 12:00"), "11-20", None),
        ("11-24", at("11-24 09:00", SYDNEY), "11-24", None),
    ],
    ids=[
        "at the close",
        "on Saturday",
        "before Monday's open",
        "on a holiday",
        "before the open after a holiday",
        "at an early close",
        "Saturday in UTC",
        "an earlier session during a session",
        "an earlier holiday",
        "in Sydney in the evening",
        "in Sydney, today by name",
        "a market of seven days, on Saturday",
        "a market of seven days, at midnight",
        "a file without a calendar, its last day by name",
        "a file in Sydney, today by name while UTC has yesterday",
    ],
)
def test_fresh(last, now, end, calendar):
    check(last, now, end, calendar)


MISSING = (
    r"the prices end on 2026-11-19, and the session of Friday, 2026-11-20 is missing \(a source\) - try again later,"
    " or add --end 2026-11-19 if there was no session since, as on a holiday"
)
OPEN = (
    "the session of 2026-11-20 is not over: it closes at 16:00 America/New_York - try again after the close, or"
    " add --end 2026-11-19 for the session before"
)
UNKNOWN = (
    r"the sessions of the exchange are not known, nor which was the last \(a source\) - add --end 2026-11-20, or"
    " --calendar with the code"
)
FUTURE = "--end 2026-11-21 lies in the future - leave --end out"


@pytest.mark.parametrize(
    ("last", "now", "end", "calendar", "says"),
    [
        ("11-19", at("11-20 16:00"), None, "XNYS", MISSING),
        ("11-19", at("11-21 12:00"), None, "XNYS", MISSING),
        ("11-19", at("11-23 08:00"), None, "XNYS", MISSING),
        ("11-19", at("11-25 20:00"), "11-20", "XNYS", MISSING),
        ("11-19", at("11-25 20:00"), "11-22", "XNYS", MISSING),
        ("11-19", at("11-21 00:00", UTC), None, "24/7", MISSING),
        (
            "11-19",
            at("11-25 20:00"),
            "11-20",
            None,
            r"the prices end on 2026-11-19, and --end is 2026-11-20 \(a source\) - try",
        ),
        ("11-18", at("11-20 12:00"), None, "XNYS", "2026-11-18, and the session of Thursday, 2026-11-19 is missing"),
        ("11-19", at("11-20 09:30"), None, "XNYS", OPEN),
        ("11-19", at("11-20 15:59"), None, "XNYS", OPEN),
        ("11-20", at("11-20 12:00"), "11-20", "XNYS", OPEN),
        ("11-25", at("11-27 12:59"), None, "XNYS", "session of 2026-11-27 is not over: it closes at 13:00 America"),
        ("11-20", at("11-20 20:00"), "11-21", "XNYS", FUTURE),
        ("11-20", at("11-20 20:00"), "11-21", None, FUTURE),
        ("11-20", at("11-20 20:00"), None, None, UNKNOWN),
    ],
    ids=[
        "the bar is late",
        "on Saturday without Friday",
        "on Monday without Friday",
        "an earlier session",
        "a Sunday",
        "a market of seven days",
        "a file without a calendar",
        "during a session without the one before",
        "at the open",
        "a minute before the close",
        "today's session by name",
        "before an early close",
        "a session to come that has begun in UTC",
        "a file, a session to come",
        "a file without a calendar and a last day",
    ],
)
def test_refused(last, now, end, calendar, says):
    with pytest.raises(DataError, match=says):
        check(last, now, end, calendar)


@pytest.mark.parametrize("now", [at("11-24 10:30", SYDNEY), at("11-23 13:30", HONOLULU)], ids=["Sydney", "Honolulu"])
def test_the_day_that_is_advised_works(now):
    """Tuesday's session in Sydney is open, while it is still Monday in UTC and in Honolulu."""
    with pytest.raises(DataError, match=r"the session of 2026-11-24 is not over.* or add --end 2026-11-23 for the"):
        check("11-23", now, calendar="XASX")
    check("11-23", now, "11-23", "XASX")
    with pytest.raises(DataError, match=r"the session of Monday, 2026-11-23 is missing.* add --end 2026-11-20 if"):
        check("11-20", now, "11-23", "XASX")
    check("11-20", now, "11-20", "XASX")


def test_after_the_end_of_a_calendar_weekdays_count():
    """3 January 2061 is a Monday; Shanghai closes at 7:00 UTC. Its holidays of that year are not announced yet."""

    def check_monday(*now):
        frame = pd.DataFrame({"Close": 100.0}, pd.DatetimeIndex(["2061-01-03"]))
        prices = Prices(frame, "600519.SS", "a source", calendar=ExchangeCalendar("XSHG"))
        require_fresh(prices, Settings.of(), datetime(2061, 1, *now, tzinfo=UTC))

    check_monday(3, 7)
    check_monday(4, 1)
    with pytest.raises(DataError, match="the session of 2061-01-04 is not over: it closes at 15:00 Asia/Shanghai"):
        check_monday(4, 6)
    with pytest.raises(
        DataError, match=r"the session of Tuesday, 2061-01-04 is missing .* if there was no session since"
    ):
        check_monday(4, 7)


THURSDAY, FRIDAY, SATURDAY, MONDAY = 9, 10, 11, 13
"""Days after 2 January 2024, the first day of the server."""


def load(tmp_path, now, **settings):
    settings = Settings.of(ticker="SPY", period=5, cache_dir=tmp_path, **settings)
    prices = load_prices(settings, 0, now=now, refresh=True)
    require_fresh(prices, settings, now)
    return prices


def january(day, hour, minute=0):
    return datetime(2024, 1, day, hour, minute, tzinfo=NEW_YORK)


def test_what_was_fetched_in_the_morning_is_fetched_again_after_the_close(yahoo, tmp_path):
    thursday = chart([8, THURSDAY])
    thursday["chart"]["result"][0]["meta"] |= session(OPENING + FRIDAY * DAY)
    yahoo.answer = 200, thursday
    assert f"{load(tmp_path, january(12, 8)).frame.index[-1]:%m-%d}" == "01-11"
    yahoo.answer = 200, chart([8, THURSDAY, FRIDAY])
    with pytest.raises(DataError, match="the session of 2024-01-12 is not over: it closes at 16:00 America/New_York"):
        load(tmp_path, january(12, 11))
    assert f"{load(tmp_path, january(12, 18)).frame.index[-1]:%m-%d}" == "01-12"


def test_before_mondays_open_fridays_prices_are_fresh(yahoo, tmp_path):
    friday = chart([THURSDAY, FRIDAY])
    friday["chart"]["result"][0]["meta"] |= session(OPENING + MONDAY * DAY)
    yahoo.answer = 200, friday
    prices = load(tmp_path, january(15, 8))
    assert f"{prices.frame.index[-1]:%m-%d}" == "01-12"


def test_a_bar_without_prices_after_the_close_is_missing(yahoo, tmp_path):
    gap = [100.0, 100.0, None]
    yahoo.answer = 200, chart([8, THURSDAY, FRIDAY], open=gap, high=gap, low=gap, close=gap)
    with pytest.raises(
        DataError, match="the prices end on 2024-01-11, and the session of Friday, 2024-01-12 is missing"
    ):
        load(tmp_path, january(12, 18))


def test_an_exchange_whose_sessions_are_not_known_is_asked_for_by_name(yahoo, tmp_path):
    unknown = chart([8, THURSDAY, FRIDAY])
    unknown["chart"]["result"][0]["meta"]["exchangeTimezoneName"] = "Asia/Tel_Aviv"
    yahoo.answer = 200, unknown
    with pytest.raises(DataError, match=r"the last \(Yahoo Finance, adjusted\) - add --end 2024-01-12, or"):
        load(tmp_path, january(13, 18))
    assert f"{load(tmp_path, january(13, 18), end=date(2024, 1, 12)).frame.index[-1]:%m-%d}" == "01-12"
    with pytest.raises(DataError, match="the session of Tuesday, 2024-01-16 is missing"):
        load(tmp_path, january(16, 18), calendar="XNYS")


def test_stored_prices_serve_until_the_next_session_is_over(yahoo, tmp_path):
    """Monday the 15th is a holiday."""
    yahoo.answer = 200, chart([8, THURSDAY, FRIDAY])
    load(tmp_path, january(12, 18))
    yahoo.answer = 503, "down"
    assert load(tmp_path, january(13, 12)).source == "Yahoo Finance, adjusted, stored 2024-01-12"
    assert load(tmp_path, january(15, 20)).source == "Yahoo Finance, adjusted, stored 2024-01-12"
    with pytest.raises(DataError, match=r"the session of Tuesday, 2024-01-16 is missing .*stored 2024-01-12"):
        load(tmp_path, january(16, 16))


def test_the_sample_in_yahoos_place_is_refused(no_network, tmp_path):
    with pytest.raises(DataError, match=r"the prices end on 2018-12-31, .*bundled sample: S&P 500"):
        load(tmp_path, january(12, 18))


def test_what_a_file_lacks_is_to_be_added_to_it():
    frame = pd.DataFrame({"Close": 100.0}, pd.DatetimeIndex([day("11-19")]))
    prices = Prices(frame, "SPY", "a source", calendar=ExchangeCalendar("XNYS"), used_source="csv")
    with pytest.raises(DataError, match=r"2026-11-20 is missing .* - add it to the file, or add --end 2026-11-19 if"):
        require_fresh(prices, Settings.of(), at("11-20 17:00"))
