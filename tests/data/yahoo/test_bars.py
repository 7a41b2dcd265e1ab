"""Bars as yfinance gives them, tidied."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.trading_hours import TradingHours
from backtrader_walkforward.data.yahoo.bars import clean_bars, open_session, trading_hours

NEW_YORK = "America/New_York"
LATER = datetime(2024, 3, 1, tzinfo=UTC)
NO_WORD = {"currentTradingPeriod": None, "exchangeTimezoneName": NEW_YORK}


def history(rows):
    days = pd.date_range("2024-01-02", periods=len(rows), tz=NEW_YORK)
    return pd.DataFrame(rows, index=days, columns=["Open", "High", "Low", "Close", "Volume"]).astype(float)


def test_bars_without_prices_in_the_middle():
    nothing = [np.nan, np.nan, np.nan, np.nan, 0]
    frame, notes = clean_bars(history([[1, 2, 1, 2, 9], nothing, nothing, [1, 2, 1, 2, 9]]), NO_WORD, LATER)
    assert [f"{day:%m-%d}" for day in frame.index] == ["01-02", "01-05"]
    assert notes == ["2 bars without prices are left out, the first of 2024-01-03"]


def test_half_a_bar_in_the_middle_is_left_to_validation():
    frame, notes = clean_bars(history([[1, 2, np.nan, 2, 9], [1, 2, 1, 2, 9]]), NO_WORD, LATER)
    assert len(frame) == 2
    assert notes == []


def test_range_is_widened():
    frame, notes = clean_bars(history([[1, 2, 1, 2, 9], [3, 2, 1, 2, 9], [1, 2, 1, 0.5, 9]]), NO_WORD, LATER)
    assert frame["High"].tolist() == [2, 3, 2]
    assert frame["Low"].tolist() == [1, 1, 0.5]
    assert notes == ["open or close lay outside low to high in 2 bars, the first of 2024-01-03: the range is widened"]


def test_rounding_is_mended_without_a_word():
    frame, notes = clean_bars(history([[1, 2, 1, 2 * (1 + 1e-9), 9]]), NO_WORD, LATER)
    assert frame["High"].iloc[0] == frame["Close"].iloc[0]
    assert notes == []


def test_high_below_low_is_left_to_validation():
    frame, _ = clean_bars(history([[1, 1, 2, 1, 9]]), NO_WORD, LATER)
    assert frame[["High", "Low"]].iloc[0].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("utc", "day"), [("2024-01-04 12:00", date(2024, 1, 4)), ("2024-01-05 02:00", date(2024, 1, 4))]
)
def test_without_word_on_the_session_today_counts_as_open(utc, day):
    assert open_session(NO_WORD, pd.Timestamp(utc, tz="UTC").to_pydatetime()) == day


def test_the_hours_of_the_exchange_and_its_last_trade():
    opens, closes = (pd.Timestamp(f"2024-01-12 {time}", tz=NEW_YORK) for time in ("09:30", "16:00"))
    word = {"currentTradingPeriod": {"regular": {"start": opens, "end": closes}}}
    expected = TradingHours(opens.to_pydatetime(), closes.to_pydatetime(), date(2024, 1, 11))
    assert trading_hours(word | {"regularMarketTime": opens - pd.Timedelta(days=1)}) == expected
    assert trading_hours(word).last_traded is None
    assert trading_hours(NO_WORD) is None
