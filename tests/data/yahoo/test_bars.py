"""Bars as yfinance gives them, tidied."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.yahoo.bars import clean_bars
from backtrader_walkforward.data.yahoo.exchanges import OF_KIND, OF_ZONE, calendar_of

NEW_YORK = "America/New_York"
LATER = datetime(2024, 3, 1, tzinfo=UTC)


def history(rows):
    days = pd.date_range("2024-01-02", periods=len(rows), tz=NEW_YORK)
    return pd.DataFrame(rows, index=days, columns=["Open", "High", "Low", "Close", "Volume"]).astype(float)


def test_bars_without_prices_in_the_middle():
    nothing = [np.nan, np.nan, np.nan, np.nan, 0]
    frame, notes = clean_bars(history([[1, 2, 1, 2, 9], nothing, nothing, [1, 2, 1, 2, 9]]), None, LATER)
    assert [f"{day:%m-%d}" for day in frame.index] == ["01-02", "01-05"]
    assert notes == ["2 bars without prices are left out, the first of 2024-01-03"]


def test_half_a_bar_in_the_middle_is_left_to_validation():
    frame, notes = clean_bars(history([[1, 2, np.nan, 2, 9], [1, 2, 1, 2, 9]]), None, LATER)
    assert len(frame) == 2
    assert notes == []


def test_range_is_widened():
    frame, notes = clean_bars(history([[1, 2, 1, 2, 9], [3, 2, 1, 2, 9], [1, 2, 1, 0.5, 9]]), None, LATER)
    assert frame["High"].tolist() == [2, 3, 2]
    assert frame["Low"].tolist() == [1, 1, 0.5]
    assert notes == ["open or close lay outside low to high in 2 bars, the first of 2024-01-03: the range is widened"]


def test_rounding_is_mended_without_a_word():
    frame, notes = clean_bars(history([[1, 2, 1, 2 * (1 + 1e-9), 9]]), None, LATER)
    assert frame["High"].iloc[0] == frame["Close"].iloc[0]
    assert notes == []


def test_high_below_low_is_left_to_validation():
    frame, _ = clean_bars(history([[1, 1, 2, 1, 9]]), None, LATER)
    assert frame[["High", "Low"]].iloc[0].tolist() == [1, 2]


@pytest.mark.parametrize(("utc", "rows"), [("01-04 12:00", 2), ("01-05 02:00", 2), ("01-05 06:00", 3)])
def test_without_a_calendar_today_counts_as_open(utc, rows):
    now = pd.Timestamp(f"2024-{utc}", tz="UTC").to_pydatetime()
    frame, notes = clean_bars(history([[1, 2, 1, 2, 9]] * 3), None, now)
    assert len(frame) == rows
    assert notes == ["the session of 2024-01-04 is not over: its bar is left out"] * (3 - rows)


@pytest.mark.parametrize(("utc", "rows"), [("01-04 20:59", 2), ("01-04 21:00", 3), ("01-03 12:00", 1)])
def test_a_session_that_is_not_over_is_left_out(utc, rows):
    now = pd.Timestamp(f"2024-{utc}", tz="UTC").to_pydatetime()
    assert len(clean_bars(history([[1, 2, 1, 2, 9]] * 3), ExchangeCalendar("XNYS"), now)[0]) == rows


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"instrumentType": "EQUITY", "exchangeTimezoneName": "Asia/Tokyo"}, "XTKS"),
        ({"instrumentType": "ETF", "exchangeTimezoneName": "America/New_York"}, "XNYS"),
        ({"instrumentType": "CRYPTOCURRENCY", "exchangeTimezoneName": "UTC"}, "24/7"),
        ({"instrumentType": "CURRENCY", "exchangeTimezoneName": "Europe/London"}, "24/5"),
        ({"instrumentType": "FUTURE", "exchangeTimezoneName": "America/New_York"}, "CMES"),
    ],
)
def test_the_calendar_of_yahoos_exchange(metadata, name):
    assert calendar_of(metadata) == ExchangeCalendar(name)


def test_an_exchange_that_is_not_known_has_no_calendar():
    assert calendar_of({"exchangeTimezoneName": "Asia/Tel_Aviv"}) is calendar_of({}) is None


def test_every_calendar_is_known():
    for name in {*OF_KIND.values(), *OF_ZONE.values()}:
        assert ExchangeCalendar.named(name).name == name
