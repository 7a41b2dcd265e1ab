"""The ranking and the trades: their figures are those of the run, and names stay text."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.evaluation import CostTotals
from backtrader_walkforward.evaluation.metrics import win_rate
from backtrader_walkforward.reports.explore.ranking import ranking_html
from backtrader_walkforward.reports.explore.trades import open_at_end, trades_html, trades_table
from backtrader_walkforward.reports.pages.intervals import Scale, interval_glyph, scale_of
from tests.reports.pages import HOSTILE, Page


@pytest.fixture
def ranking(comparison, summary):
    return ranking_html(comparison, summary.significance, {"kelly": "tearsheets/kelly.html"})


def test_the_ranking_has_a_row_for_each_account_and_links(ranking, comparison):
    assert re.findall(r'data-variant="(\w+)"', ranking) == [result.name for result in comparison.ranked]
    assert ranking.count("<tr class=") == len(comparison.results)
    assert set(Page(ranking).links) == {"#explore", "tearsheets/kelly.html"}
    assert '<small class="sheet"><a href="tearsheets/kelly.html">tear sheet</a></small>' in ranking
    shown = [float(value) for value in re.findall(r'<td class="sharpe"><data value="([^"]+)">', ranking)]
    assert shown == [result.metrics.sharpe for result in comparison.results]


def test_it_says_which_column_ranks(ranking):
    [heading] = re.findall(r'<th scope="col" aria-sort="descending">(.*?)</th>', ranking)
    assert heading == "Sharpe"


def test_another_benchmark_than_buy_and_hold_has_its_own_name(comparison, summary):
    other = replace(comparison, benchmark=replace(comparison.benchmark, name="equal_weight"))
    table = ranking_html(other, summary.significance, {})
    assert '<th class="text" scope="row">Equal weight (benchmark)</th>' in table
    assert "Beats the<br>benchmark<br>in return" in table
    assert "dashed equal weight " in table
    assert not re.search("buy &amp; hold|B&amp;H", table, re.IGNORECASE)


def test_one_scale_holds_every_interval_zero_and_buy_and_hold(comparison, summary):
    scale = scale_of(comparison, summary.significance)
    ends = [end for one in comparison.ranked for end in summary.significance.variant(one.name).sharpe_interval]
    assert scale.low == min(0.0, *ends, comparison.benchmark.metrics.sharpe)
    assert scale.high == max(0.0, *ends, comparison.benchmark.metrics.sharpe)


def test_a_glyph_by_hand():
    """From -1 to 3 on 140 of 150 units: 0 stands at 40, buy & hold at 75, the Sharpe ratio at 110."""
    glyph = interval_glyph((0.0, 2.0), 2.0, Scale(-1.0, 3.0, 1.0))
    assert re.findall(r'class="(\w+)" x1="([\d.]+)" x2="([\d.]+)"', glyph) == [
        ("zero", "40.0", "40.0"),
        ("hold", "75.0", "75.0"),
        ("known", "40.0", "110.0"),
    ]
    assert 'cx="110.0"' in glyph
    assert 'aria-label="2.00, 0.0 to 2.0"' in glyph
    assert '<data value="0.0">' in glyph  # its lower end sorts it


def test_without_a_sharpe_ratio_there_is_no_glyph():
    assert interval_glyph(None, None, Scale(-1.0, 3.0, None)) == '<data value="">n/a</data>'


def data_of(table):
    """Return the data of a table of trades."""
    [block] = re.findall(r'id="trades-data">(.*?)</script>', table)
    return json.loads(block)


def test_trades_are_those_of_the_run(comparison, summary):
    trades = trades_table(comparison)
    assert len(trades) == len(summary.trades)
    opened, closed = (f"{comparison.best.equity.index[day]:%Y-%m-%d}" for day in (1, 2))
    days = (comparison.best.equity.index[2] - comparison.best.equity.index[1]).days
    assert trades.iloc[0].tolist() == [0, opened, closed, 3.0, days, 10.5, 0.0]
    assert trades["variant"].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    data = data_of(trades_html(comparison))
    assert data["columns"] == list(trades)
    assert data["trades"] == trades.to_numpy(object).tolist()


def test_a_profit_below_a_cent_is_one(comparison):
    """Of three trades one lost, and one earned a fifth of a cent: the block of data counts as the metric does."""
    profits = [3.0, -1.0, 0.002]
    small = replace(comparison.best, trades=comparison.best.trades.assign(profit=profits))
    data = data_of(trades_html(replace(comparison, ranked=(small, *comparison.ranked[1:]))))
    shown = [row[data["columns"].index("profit")] for row in data["trades"] if row[0] == 0]
    assert shown == profits
    assert sum(profit > 0 for profit in shown) / len(shown) == win_rate(small.trades["profit"])


def test_trades_of_a_panel_have_their_tickers(comparison):
    book = replace(comparison.best, trades=comparison.best.trades.assign(ticker=["A", "B", "A"]))
    table = trades_html(replace(comparison, ranked=(book,), benchmark=book))
    assert data_of(table)["columns"][:4] == ["variant", "ticker", "opened", "closed"]
    assert '<th scope="col" class="text">Ticker</th>' in table
    assert [row[1] for row in data_of(table)["trades"]] == ["A", "B", "A"] * 2


def test_what_is_open_at_the_end_earned_what_the_closed_trades_leave(comparison):
    """Shares of `A` were bought and sold, half of those of `B` are left; 0.1 + 0.2 - 0.3 is no position."""
    best = comparison.best
    fills = pd.DataFrame(
        {
            "account": "active",
            "ticker": ["A", "A", "B", "B", "C", "C", "C"],
            "size": [10.0, -10.0, 4.0, -2.0, 0.1, 0.2, -0.3],
        }
    )
    equity = pd.Series([1000.0, 1012.0], best.equity.index[:2])
    held = replace(best, fills=fills, equity=equity, costs=CostTotals(cash_interest=3.0))
    assert open_at_end(held) == pytest.approx((1, 12 - (3 - 1 + 0.1) - 3))


def test_the_best_variant_is_chosen_at_first_even_without_a_closed_trade(comparison):
    idle = replace(comparison.best, trades=comparison.best.trades.iloc[:0])
    table = trades_html(replace(comparison, ranked=(idle, *comparison.ranked[1:])))
    assert re.findall(r'<option value="(\d)" selected>', table) == ["0"]
    assert "Profit and costs are in the currency of the prices" in table


def test_without_a_closed_trade_the_page_says_of_each_variant_when_it_traded(comparison):
    """The bought and sold shares of the first variant are seen at first, those of the others when they are chosen."""
    open_still = [replace(one, trades=one.trades.iloc[:0]) for one in comparison.results]
    text = trades_html(replace(comparison, ranked=tuple(open_still[:-1]), benchmark=open_still[-1]))
    bought = (
        "Kelly hybrid 70/30 bought once and sold once in the whole test, first on 2015-06-02 and last on 2015-06-03."
    )
    beside = f"Beside the part that is bought and held, {bought} It never closed a position."
    assert f'<span data-place="0">{beside}</span><span data-place="1" hidden>' in text
    assert text.count("never closed a position") == len(comparison.results)
    assert "trades-data" not in text
    assert "<table" not in text


def test_without_a_fill_nothing_is_said_of_trades(comparison):
    idle = [replace(one, trades=one.trades.iloc[:0], fills=one.fills.iloc[:0]) for one in comparison.results]
    assert trades_html(replace(comparison, ranked=tuple(idle[:-1]), benchmark=idle[-1])) == ""


def test_the_table_has_when_each_variant_traded(comparison):
    texts = data_of(trades_html(comparison))["fills"]
    assert len(texts) == len(comparison.results)
    assert (
        texts[-1]
        == "Buy & hold bought once and sold once in the whole test, first on 2015-06-02 and last on 2015-06-03."
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name, comparison, summary):
    hostile = replace(comparison, ranked=(replace(comparison.best, name=name), *comparison.ranked[1:]))
    for table in (ranking_html(hostile, summary.significance, {}), trades_html(hostile)):
        page = Page(table)
        assert page.handlers == []
        assert not {"img", "iframe"} & set(page.tags)
        assert page.outside() == []
        assert page.tags.count("script") == table.count('<script type="application/json"')
