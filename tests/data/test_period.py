from datetime import date

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.period import Span, days_to_fetch, select_period
from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.settings import Settings


def january():
    """Every day of January 2020, the close being the day of the month."""
    days = pd.date_range("2020-01-01", "2020-01-31", name="Date")
    return Prices(pd.DataFrame({"Close": np.arange(1.0, 32)}, index=days), "SPY", "test")


def days_of(period, warm_up, end=None):
    used = select_period(january(), Settings.of(period=period, end=end), warm_up)
    return used.frame["Close"].astype(int).tolist()


@pytest.mark.parametrize(
    ("period", "warm_up", "end", "days"),
    [
        (3, 0, None, [29, 30, 31]),
        (3, 2, None, [27, 28, 29, 30, 31]),
        (1, 0, date(2020, 1, 10), [10]),
        (3, 2, date(2020, 1, 5), [1, 2, 3, 4, 5]),
        (3, 9, date(2020, 1, 5), [1, 2, 3, 4, 5]),
        (2, 1, date(2030, 1, 1), [29, 30, 31]),
        (99, 5, date(2020, 1, 2), [1, 2]),
    ],
)
def test_rows_of_the_period(period, warm_up, end, days):
    assert days_of(period, warm_up, end) == days


def test_nothing_in_the_period():
    text = (
        "test: no prices in the 3 days up to 2019-12-31: they run from 2020-01-01 to 2020-01-31 - choose another --per"
    )
    with pytest.raises(DataError, match=text):
        days_of(3, 5, end=date(2019, 12, 31))


def test_days_to_fetch():
    assert days_to_fetch(36_525, date(1950, 1, 1), 60).first == date(1900, 1, 1)
    assert days_to_fetch(1, date(2024, 1, 31), 0) == Span(date(2024, 1, 21), date(2024, 1, 31))
    assert days_to_fetch(20, date(2024, 4, 30), 50) == Span(date(2024, 1, 2), date(2024, 4, 30))  # 20 + 80 + 20 days
