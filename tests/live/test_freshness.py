"""Prices that are fresh, and prices that are refused. 20 November 2026 is a Friday, 26 November a holiday."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from backtrader_walkforward.data import Prices, load_prices
from backtrader_walkforward.data.trading_hours import TradingHours
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


def hours(opens, last_traded):
    return TradingHours(at(f"{opens} 09:30"), at(f"{opens} 16:00"), day(last_traded))


def sydneys_hours(opens, last_traded):
    return TradingHours(at(f"{opens} 10:00", SYDNEY), at(f"{opens} 16:00", SYDNEY), day(last_traded))


def check(last, now, word=None, end=None, hours=hours):
    """Check prices up to `last` at the time `now`."""
    frame = pd.DataFrame({"Close": 100.0}, pd.DatetimeIndex([day(last)]))
    prices = Prices(frame, "SPY", "a source", hours=hours(*word) if word else None)
    require_fresh(prices, Settings.of(end=day(end)), now)


@pytest.mark.parametrize(
    ("last", "now", "word", "end"),
    [
        ("11-20", at("11-20 16:00"), ("11-20", "11-20"), None),
        ("11-20", at("11-20 21:00"), ("11-20", "11-20"), None),
        ("11-20", at("11-21 12:00"), ("11-20", "11-20"), None),
        ("11-20", at("11-22 12:00"), ("11-23", "11-20"), None),
        ("11-20", at("11-23 01:00"), ("11-20", "11-20"), None),
        ("11-20", at("11-23 08:00"), ("11-23", "11-20"), None),
        ("11-25", at("11-26 20:00"), ("11-26", "11-25"), None),
        ("11-25", at("11-27 08:00"), ("11-27", "11-25"), None),
        ("11-20", at("11-20 20:00", UTC), None, None),
        ("11-20", at("11-22 20:00", UTC), None, None),
        ("11-23", at("11-23 20:00"), None, None),
        ("11-23", at("11-24 09:00"), None, None),
        ("11-23", at("11-24 15:59"), None, None),
        ("11-24", at("11-24 16:00"), None, None),
        ("11-20", at("11-23 15:59"), None, None),
        ("11-19", at("11-20 01:00", UTC), None, None),
        ("11-24", at("11-24 19:00", SYDNEY), None, None),
        ("11-23", at("11-24 09:00", SYDNEY), None, None),
        ("11-24", at("11-24 19:00", SYDNEY), None, "11-24"),
        ("11-24", at("11-24 09:00", SYDNEY), None, "11-24"),
        ("11-20", at("11-23 11:00"), ("11-23", "11-20"), "11-20"),
        ("11-20", at("11-25 11:00"), None, "11-22"),
        ("11-25", at("11-26 11:00"), ("11-26", "11-25"), "11-25"),
    ],
    ids=[
        "at the close",
        "in the session",
        "on Saturday",
        "on Sunday, Monday's hours known",
        "on Monday night, before its hours are known",
        "before Monday's open",
        "session of a holiday",
        "before the open after a holiday",
        "a file, the same day",
        "a file, on Sunday",
        "a file, Monday session, Tuesday in UTC",
        "a file, Tuesday morning",
        "a file, a minute before Tuesday's session is taken to be over",
        "a file, Tuesday's session is taken to be over",
        "a file, Monday in the session",
        "a file, yesterday's, at night",
        "a file, in Sydney in the session",
        "a file, in Sydney in the morning, the day before in UTC",
        "a file, in Sydney, this session by name",
        "a file, in Sydney, today by name while UTC has yesterday",
        "an earlier session during a session",
        "an earlier Sunday",
        "the session before a holiday",
    ],
)
def test_fresh(last, now, word, end):
    check(last, now, word, end)


MISSING = (
    r"the prices end on 2026-11-19, and the session of Friday, 2026-11-20 is missing \(a source\) - try again later,"
    " or add --end 2026-11-19 if there was no session since, as on a holiday"
)
OPEN = (
    "the session of 2026-11-20 is not over: it closes at 16:00 America/New_York - try again after the close, or"
    " add --end 2026-11-19 for the session before"
)


@pytest.mark.parametrize(
    ("last", "now", "word", "end", "says"),
    [
        ("11-19", at("11-20 16:00"), ("11-20", "11-20"), None, MISSING),
        ("11-19", at("11-21 12:00"), ("11-20", "11-20"), None, MISSING),
        ("11-19", at("11-23 08:00"), ("11-23", "11-20"), None, MISSING),
        ("11-19", at("11-20 16:00"), None, None, MISSING),
        ("11-19", at("11-20 20:00", UTC), None, None, MISSING),
        ("11-19", at("11-23 15:59"), None, None, MISSING),
        ("11-19", at("11-22 20:00", UTC), None, None, MISSING),
        ("11-19", at("11-25 20:00"), ("11-25", "11-25"), "11-20", MISSING),
        ("11-19", at("11-20 09:30"), ("11-20", "11-20"), None, OPEN),
        ("11-19", at("11-20 15:59"), ("11-20", "11-20"), None, OPEN),
        ("11-19", at("11-20 12:00"), ("11-20", "11-19"), "11-20", OPEN),
        ("11-19", at("11-20 12:00"), ("11-19", "11-19"), None, OPEN),
        ("11-20", at("11-20 12:00"), ("11-19", "11-19"), None, OPEN),
        ("10-30", at("11-02 15:30"), ("10-30", "10-30"), None, "the session of 2026-11-02 is not over.* 16:00 America"),
        ("11-20", at("11-23 20:00"), ("11-20", "11-20"), None, "the session of Monday, 2026-11-23 is missing"),
        (
            "10-01",
            at("11-20 20:00"),
            ("11-20", "10-01"),
            None,
            "end on 2026-10-01, and the session of Friday, 2026-11-20",
        ),
        (
            "11-25",
            at("11-27 12:00"),
            None,
            "11-26",
            "the session of Thursday, 2026-11-26 is missing.* add --end 2026-11-25",
        ),
        (
            "11-20",
            at("11-20 20:00"),
            ("11-20", "11-20"),
            "11-22",
            "--end 2026-11-22 lies in the future - leave --end out",
        ),
        (
            "11-20",
            at("11-20 20:00"),
            ("11-20", "11-20"),
            "11-21",
            "--end 2026-11-21 lies in the future - leave --end out",
        ),
    ],
    ids=[
        "the bar is late",
        "on Saturday without Friday",
        "on Monday without Friday",
        "a file, when the session is taken to be over",
        "a file, yesterday's",
        "a file, on Monday without Friday",
        "a file, on Sunday",
        "an earlier session",
        "at the open",
        "a minute before the close",
        "this session has not come",
        "only yesterday's hours are known",
        "only yesterday's hours are known, and there is half a bar",
        "yesterday's hours, the clock put back since",
        "nothing is heard from the exchange",
        "not traded for weeks",
        "no word on a holiday",
        "a session to come",
        "a session to come that has begun in UTC",
    ],
)
def test_refused(last, now, word, end, says):
    with pytest.raises(DataError, match=says):
        check(last, now, word, end)


@pytest.mark.parametrize("now", [at("11-24 10:30", SYDNEY), at("11-23 13:30", HONOLULU)], ids=["Sydney", "Honolulu"])
def test_the_day_that_is_advised_works(now):
    """Tuesday's session in Sydney is open, while it is still Monday in UTC and in Honolulu."""
    word = ("11-24", "11-24")
    with pytest.raises(DataError, match=r"the session of 2026-11-24 is not over.* or add --end 2026-11-23 for the"):
        check("11-23", now, word, hours=sydneys_hours)
    check("11-23", now, word, end="11-23", hours=sydneys_hours)
    with pytest.raises(DataError, match=r"the session of Monday, 2026-11-23 is missing.* add --end 2026-11-20 if"):
        check("11-20", now, word, end="11-23", hours=sydneys_hours)
    check("11-20", now, word, end="11-20", hours=sydneys_hours)


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
    assert prices.hours.last_traded == date(2024, 1, 12)
    assert f"{prices.frame.index[-1]:%m-%d}" == "01-12"


def test_a_bar_without_prices_after_the_close_is_missing(yahoo, tmp_path):
    gap = [100.0, 100.0, None]
    yahoo.answer = 200, chart([8, THURSDAY, FRIDAY], open=gap, high=gap, low=gap, close=gap)
    with pytest.raises(
        DataError, match="the prices end on 2024-01-11, and the session of Friday, 2024-01-12 is missing"
    ):
        load(tmp_path, january(12, 18))


def test_an_exchange_that_says_nothing_of_its_hours_is_asked_for_a_session_before(yahoo, tmp_path):
    silent = chart([8, THURSDAY, FRIDAY])
    del silent["chart"]["result"][0]["meta"]["currentTradingPeriod"]
    yahoo.answer = 200, silent
    with pytest.raises(DataError, match="the prices end on 2024-01-11"):
        load(tmp_path, january(12, 18))
    assert f"{load(tmp_path, january(13, 18), end=date(2024, 1, 12)).frame.index[-1]:%m-%d}" == "01-12"


def test_stored_prices_serve_until_the_next_weekdays_session_is_over(yahoo, tmp_path):
    yahoo.answer = 200, chart([8, THURSDAY, FRIDAY])
    load(tmp_path, january(12, 18))
    yahoo.answer = 503, "down"
    assert load(tmp_path, january(13, 12)).source == "Yahoo Finance, adjusted, stored 2024-01-12"
    assert load(tmp_path, january(15, 12)).source == "Yahoo Finance, adjusted, stored 2024-01-12"
    with pytest.raises(DataError, match=r"the session of Monday, 2024-01-15 is missing .*stored 2024-01-12"):
        load(tmp_path, january(15, 16))


def test_the_sample_in_yahoos_place_is_refused(no_network, tmp_path):
    with pytest.raises(DataError, match=r"the prices end on 2018-12-31, .*bundled sample: S&P 500"):
        load(tmp_path, january(12, 18))
