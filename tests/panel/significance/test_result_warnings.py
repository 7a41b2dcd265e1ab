"""The warnings on a panel, each with a case that triggers it and one that does not."""

from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.evaluation.ranking_skill import measure_ranking
from backtrader_walkforward.panels.significance.panel_data import PanelData
from backtrader_walkforward.panels.significance.panel_returns import PanelReturns
from backtrader_walkforward.panels.significance.result_warnings import SURVIVORSHIP, warnings_on
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance.result import SkillTest
from tests.panel.drawn_panels import book, draw, traded

DATA = PanelData(tickers=tuple(f"T{number:03}" for number in range(20)), origin="drawn", used_source="csv")


@pytest.fixture(scope="module")
def panel():
    """The portfolios, the books and the ranking of a panel without skill."""
    return traded(*draw(days=300))


def warned(panel, books=None, data=DATA, skill=None, ranking=None, **settings):
    portfolios, own_books, own_ranking = panel
    returns = PanelReturns.of(portfolios, books or own_books)
    found = warnings_on(ranking or own_ranking, returns, books or own_books, Settings.of(**settings), data, skill)
    return list(found)


def test_every_panel_is_warned_of_survivorship_and_a_sound_one_of_nothing_else(panel):
    assert warned(panel) == [SURVIVORSHIP]
    assert SURVIVORSHIP.startswith(
        "Every ticker of this list is known today: those that failed and left are not in it."
    )


def test_tickers_that_ended_are_named(panel):
    assert warned(panel, data=replace(DATA, ended=("LEH",)))[1] == (
        "1 of 20 tickers ends before the others (LEH): positions are closed at the last price, and what holders lost or"
        " got after it is not known."
    )
    many = replace(DATA, ended=("A", "B", "C", "D", "E", "F"))
    assert warned(panel, data=many)[1].startswith("6 of 20 tickers end before the others (A, B, C, D, E and 1 more): ")


def test_a_small_panel():
    assert warned(traded(*draw(days=300, tickers=4)))[1] == (
        "The panel is small: on most days fewer than 10 of its tickers trade (median 4)."
    )


def test_days_without_a_ranking(panel):
    forecasts, returns = draw(days=300)
    forecasts.iloc[:20, 2:] = float("nan")
    assert "20 of 300 days have forecasts of fewer than 3 tickers with a known return: they have no rank IC." in warned(
        panel, ranking=measure_ranking(forecasts, returns)
    )
    assert warned(panel, ranking=measure_ranking(forecasts[:20], returns)) == [SURVIVORSHIP]
    forecasts.iloc[5:20] = draw(days=300)[0].iloc[5:20]
    assert warned(panel, ranking=measure_ranking(forecasts, returns)) == [SURVIVORSHIP]


def test_a_ranking_that_is_too_good(panel):
    found = " ".join(warned(panel, ranking=measure_ranking(*draw(days=300, correlation=0.4))))
    assert "The mean rank IC is 0.3" in found
    assert "The sign of the forecast is right in 64% of cases, more than 60%." in found
    lucky = measure_ranking(*draw(days=8, tickers=5, seed=2))
    assert lucky.mean_ic > 0.1
    assert warned(panel, ranking=lucky) == [SURVIVORSHIP]


def test_an_account_that_is_too_good_and_not_by_luck(panel):
    benchmark = panel[1][1]
    good = book("long_short", 0.001 + 0.002 * benchmark.returns.rank(pct=True) - 0.001)
    skill = SkillTest(account="long_short", t_ratio=9.0, p_value=0.0005, days=300)
    assert any(
        "The book Long short has a Sharpe ratio of" in one for one in warned(panel, [good, benchmark], skill=skill)
    )
    lucky = replace(skill, p_value=0.02)
    assert warned(panel, [good, benchmark], skill=lucky) == [SURVIVORSHIP]


def test_a_short_test_and_the_profit_of_one_day():
    days = pd.bdate_range("2024-01-01", periods=40)
    panel = traded(*draw(days=40))
    one_day = pd.Series(-0.0001, days).where(days != days[7], 0.2).set_axis(panel[1][1].returns.index)
    found = warned(panel, [book("long_short", one_day), panel[1][1]])
    assert found[1].startswith("The profit of the book Long short comes from one day: without ")
    assert found[2] == "The test is short: over 40 days an annual Sharpe ratio has a standard error of about 2.5."


def test_costs_that_take_what_a_book_earns(panel):
    returns = panel[1][1].returns
    flat, gain = (pd.Series(each, returns.index) for each in (-0.0001, 0.0001))
    paying = book("long_short", flat, paid=4.0)
    assert warned(panel, [paying, panel[1][1]], slippage_bps=10)[-1] == (
        "The book Long short earned before costs and lost after them: they took 4.0%."
    )
    for sound in (book("long_short", gain, paid=4.0), book("long_short", flat, paid=1.0)):
        assert warned(panel, [sound, panel[1][1]], slippage_bps=10) == [SURVIVORSHIP]


def test_trading_for_nothing(panel):
    busy = book("long_short", panel[1][0].returns, turnover=250.0)
    assert warned(panel, [busy, panel[1][1]])[-1] == (
        "Trading is free in this run, and the book Long short trades 250 times its equity a year: each basis point a"
        " trade would cost about 2.5% a year."
    )
    for turnover, told in ((100.0, 0), (101.0, 1)):
        some = book("long_short", panel[1][0].returns, turnover=turnover)
        assert len(warned(panel, [some, panel[1][1]])) == 1 + told
    assert warned(panel, [busy, panel[1][1]], slippage_bps=10) == [SURVIVORSHIP]
    hybrid = book("long_short_hybrid_50_50", panel[1][0].returns, kind="50/50 split", turnover=250.0)
    assert warned(panel, [hybrid, panel[1][1]]) == [SURVIVORSHIP]
