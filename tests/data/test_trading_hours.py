"""Which session was the last, by the exchange's word and the clock. Friday is the 20th of November 2026."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from backtrader_walkforward.data.trading_hours import TradingHours, last_weekday

NEW_YORK = ZoneInfo("America/New_York")


def at(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=NEW_YORK)


def hours(day, last_traded=None):
    traded = date.fromisoformat(f"2026-{last_traded}") if last_traded else None
    return TradingHours(at(f"{day} 09:30"), at(f"{day} 16:00"), traded)


@pytest.mark.parametrize(
    ("day", "weekday"), [("11-20", "11-20"), ("11-21", "11-20"), ("11-22", "11-20"), ("11-23", "11-23")]
)
def test_a_weekend_belongs_to_its_friday(day, weekday):
    assert last_weekday(date.fromisoformat(f"2026-{day}")) == date.fromisoformat(f"2026-{weekday}")


@pytest.mark.parametrize("now", ["11-19 20:00", "11-20 08:00", "11-20 20:00", "11-22 12:00"])
def test_the_word_holds_until_another_weekday_begins(now):
    word = hours("11-20", "11-20")
    assert word.at(at(now)) is word


@pytest.mark.parametrize(("now", "day"), [("11-23 00:01", "11-23"), ("11-24 12:00", "11-24"), ("11-28 12:00", "11-27")])
def test_then_the_hours_are_taken_to_be_the_same_and_the_last_trade_is_not_known(now, day):
    assert hours("11-20", "11-20").at(at(now)) == hours(day)


def test_the_clock_of_the_exchange_counts_where_it_is_put_back():
    word = hours("10-30").at(at("11-02 12:00"))
    assert word.opens.utcoffset() != hours("10-30").opens.utcoffset()
    assert f"{word.opens:%H:%M} {word.closes:%H:%M}" == "09:30 16:00"


@pytest.mark.parametrize(
    ("word", "now", "last"),
    [
        (hours("11-20"), "11-20 16:00", "11-20"),
        (hours("11-20"), "11-20 15:59", "11-19"),
        (hours("11-23"), "11-23 08:00", "11-20"),
        (hours("11-23"), "11-22 12:00", "11-20"),
        (hours("11-26", "11-25"), "11-26 18:00", "11-25"),
        (hours("11-27", "11-25"), "11-27 08:00", "11-25"),
        (hours("11-21", "11-21"), "11-21 23:59", "11-21"),
        (hours("11-20", "11-13"), "11-20 18:00", "11-13"),
        (hours("11-20", "11-12"), "11-20 18:00", "11-20"),
    ],
    ids=[
        "at the close",
        "a minute before",
        "before Monday's open",
        "Monday's word on Sunday",
        "session of a holiday",
        "morning after a holiday",
        "an exchange that trades on Saturdays",
        "closed for a week",
        "not traded for longer than any exchange was closed",
    ],
)
def test_the_last_session(word, now, last):
    assert word.last_session(at(now)) == date.fromisoformat(f"2026-{last}")
