"""When an account traded, in words and as a figure."""

from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.reports.pages.fills_text import fills_text, never_closed
from backtrader_walkforward.reports.pages.index_page import headline_of

FIRST, LAST = '<span class="day">2018-01-09</span>', '<span class="day">2018-03-02</span>'


@pytest.fixture
def held(comparison):
    """Return a function that makes an account that has these fills and closed nothing."""

    def make(name, days, accounts, sizes):
        fills = pd.DataFrame({"date": pd.to_datetime(days), "account": accounts, "size": sizes})
        return replace(comparison.best, name=name, fills=fills, trades=comparison.best.trades.iloc[:0])

    return make


@pytest.fixture
def hybrid(held):
    """An account that buys its held part on the first day, and trades the other on three later days."""
    days = ["2018-01-05", "2018-01-09", "2018-02-01", "2018-03-02"]
    accounts = ["passive", "active", "active", "active"]
    return held("kelly_hybrid_70_30", days, accounts, [7.0, 1.0, 2.0, -0.5])


def test_of_a_hybrid_it_is_what_the_strategy_traded(hybrid):
    assert fills_text(hybrid) == (
        "Beside the part that is bought and held, Kelly hybrid 70/30 bought twice and sold once in the whole"
        " test, first on 2018-01-09 and last on 2018-03-02. It never closed a position."
    )
    assert never_closed(hybrid) == {"Its closed trades": ("none", f"3 fills, {FIRST} to {LAST}")}


def test_one_fill_has_one_day(held):
    one = held("buy_and_hold", ["2018-01-05"], ["passive"], [7.0])
    assert fills_text(one) == "Buy & hold bought once in the whole test, on 2018-01-05. It never closed a position."
    assert never_closed(one) == {"Its closed trades": ("none", '1 fill, <span class="day">2018-01-05</span>')}


def test_what_closed_a_trade_has_no_such_figure(comparison):
    assert never_closed(comparison.best) == {}
    assert "never closed" not in fills_text(comparison.best)


def test_without_a_fill_nothing_is_said(held):
    idle = held("kelly", [], [], pd.Series([], dtype=float))
    assert (fills_text(idle), never_closed(idle)) == ("", {})


def test_the_figures_at_the_top_say_it_of_the_best(comparison, hybrid):
    top = headline_of(replace(comparison, ranked=(hybrid, *comparison.ranked[1:])), [])
    assert list(top)[:3] == ["Return of Kelly hybrid 70/30", "Its Sharpe ratio", "Its closed trades"]
    assert top["Its closed trades"] == f"<b>none</b><small>3 fills, {FIRST} to {LAST}</small>"
