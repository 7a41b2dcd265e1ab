"""The days of a panel in words."""

import pandas as pd

from backtrader_walkforward.evaluation.portfolios import pooled_portfolios
from backtrader_walkforward.panels.days import gaps_in, notes_on_days

DAYS = pd.bdate_range("2014-01-28", periods=5)


def test_what_came_before_the_panel_is_named():
    first, last = pd.to_datetime(["2008-03-12", *["2014-01-28"] * 2]), pd.to_datetime(["2008-10-14", *[DAYS[-1]] * 2])
    tickers = pd.DataFrame({"first_day": first, "last_day": last}, ["GOOG", "SPY", "^IXIC"])
    [market] = pooled_portfolios([pd.DataFrame({"buy_and_hold": 100.0}, DAYS)]).values()
    assert notes_on_days(tickers, market) == (
        "The panel begins on 2014-01-28, when half of its tickers have a forecast: books, portfolios and verdict have"
        " no earlier day. Those of GOOG are on its own page alone",
    )
    assert notes_on_days(tickers[1:], market) == ()


def test_a_gap_is_told():
    days = DAYS[:2].append(pd.bdate_range("2016-03-01", periods=3))
    assert list(gaps_in(days)) == [
        "No ticker has prices between 2014-01-29 and 2016-03-01: the curves run straight from one day to the other"
    ]
    assert list(gaps_in(DAYS)) == []
