from datetime import timedelta

import pandas as pd
import pytest

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.gaps import gap_notes

XNYS = ExchangeCalendar("XNYS")


def frame(days):
    return pd.DataFrame({"Close": 1.0}, index=pd.DatetimeIndex(days))


@pytest.mark.parametrize(
    ("left_out", "note"),
    [
        ([], None),
        (["2024-01-04"], "no prices of Thursday, 2024-01-04, a session of XNYS"),
        (["2024-01-04", "2024-11-29"], "no prices of Thursday, 2024-01-04 (and 1 more), a session of XNYS"),
    ],
)
def test_a_missing_session_is_told_by_name(left_out, note):
    days = XNYS.sessions(pd.Timestamp("2024-01-02").date(), pd.Timestamp("2024-12-31").date())
    assert gap_notes(frame(days.difference(pd.DatetimeIndex(left_out))), XNYS) == ([note] if note else [])


def test_a_day_without_a_session_is_told_by_name():
    days = pd.bdate_range("2024-01-08", "2024-01-31")
    assert gap_notes(frame(days), XNYS) == ["prices of Monday, 2024-01-15, on which XNYS has no session"]


def test_days_before_the_calendar_are_not_judged():
    days = pd.bdate_range("1980-01-07", "1980-03-31")
    assert gap_notes(frame(days), ExchangeCalendar("XSAU")) == []


def test_days_after_the_end_of_a_calendar_are_not_judged():
    shanghai = ExchangeCalendar("XSHG")
    end = shanghai.known[1]
    known = shanghai.sessions(end - timedelta(days=30), end)
    told = [f"the calendar of XSHG ends on {end}: weekdays after it count as sessions, and none is missed"]
    assert gap_notes(frame(known.union(pd.bdate_range("2061-01-03", "2061-01-20"))), shanghai) == told
    assert gap_notes(frame(pd.bdate_range("2061-01-03", "2061-01-20")), shanghai) == told
    assert gap_notes(frame(known), shanghai) == []


def test_without_a_calendar_a_closure_of_a_week_is_no_gap():
    assert gap_notes(frame(["2001-09-10", "2001-09-17"]), None) == []
    assert gap_notes(frame(["2024-01-05", "2024-01-15"]), None) == []  # five weekdays


def test_without_a_calendar_a_long_gap_is_told():
    notes = gap_notes(frame(["2024-01-05", "2024-01-16", "2024-01-17", "2024-03-01"]), None)
    assert notes[0] == "no prices on 6 weekdays between 2024-01-05 and 2024-01-16"
    assert notes[1] == "no prices on 31 weekdays between 2024-01-17 and 2024-03-01"


@pytest.mark.parametrize(
    ("freq", "kind", "number"), [("7D", "weekly", 52), ("ME", "monthly", 12), ("2D", "not daily", 183)]
)
def test_bars_that_are_not_daily_are_told(freq, kind, number):
    told = f"these bars are {kind}: figures of a year count {number} of them, settings in days count bars"
    assert gap_notes(frame(pd.date_range("2024-01-01", periods=20, freq=freq)), XNYS) == [told]


def test_every_day_of_the_week():
    days = pd.date_range("2024-01-01", periods=200)
    assert gap_notes(frame(days), ExchangeCalendar("24/7")) == gap_notes(frame(days), None) == []
    told = ["no prices of Saturday, 2024-01-13, a session of 24/7"]
    assert gap_notes(frame(days.delete(12)), ExchangeCalendar("24/7")) == told


def test_nothing():
    assert gap_notes(frame([]), None) == []
