"""The day of the next session."""

from datetime import date

import pandas as pd
import pytest

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.live.outlook import next_session

SHANGHAI = ExchangeCalendar("XSHG")


@pytest.mark.parametrize(
    ("calendar", "last", "following"),
    [
        (ExchangeCalendar("XNYS"), date(2018, 12, 31), date(2019, 1, 2)),
        (ExchangeCalendar("XNYS"), date(2026, 11, 25), date(2026, 11, 27)),
        (ExchangeCalendar("24/7"), date(2026, 11, 27), date(2026, 11, 28)),
        (None, date(2018, 12, 31), None),
        (SHANGHAI, SHANGHAI.known[1], None),
        (SHANGHAI, date(2061, 1, 3), None),
    ],
    ids=["a holiday", "Thanksgiving", "every day", "no calendar", "the calendar ends", "after its end"],
)
def test_the_next_session_as_far_as_the_calendar_knows(calendar, last, following):
    assert next_session(Prices(pd.DataFrame(), "SPY", "a source", calendar=calendar), last) == following


@pytest.mark.parametrize(("opens", "fill_price"), [([10.0, 11.0], "close"), ([10.0, 10.5], "open")])
def test_orders_fill_at_closes_where_no_others_are_known(opens, fill_price):
    prices = pd.DataFrame({"Open": opens, "Close": [10.0, 11.0]})
    assert Prices(prices, "SPY", "a source").fill_price == fill_price
