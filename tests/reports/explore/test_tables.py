"""The ranking and the trades: their figures are those of the run, and names stay text."""

import json
import re
from dataclasses import replace

import pytest

from backtrader_walkforward.reports.explore.intervals import Scale, interval_glyph, scale_of
from backtrader_walkforward.reports.explore.ranking import ranking_html
from backtrader_walkforward.reports.explore.trades import trade_rows, trades_html
from tests.reports.pages import HOSTILE, Page


@pytest.fixture
def ranking(comparison, summary):
    return ranking_html(comparison, summary.significance, {"kelly": "tearsheets/kelly.html"})


def test_the_ranking_has_a_row_for_each_account_and_links(ranking, comparison):
    assert re.findall(r'data-variant="(\w+)"', ranking) == [result.name for result in comparison.ranked]
    assert ranking.count("<tr class=") == len(comparison.results)
    assert Page(ranking).links == ["tearsheets/kelly.html"]
    shown = [float(value) for value in re.findall(r'<td class="sharpe"><data value="([^"]+)">', ranking)]
    assert shown == [result.metrics.sharpe for result in comparison.results]


def test_it_says_which_column_ranks(ranking):
    [heading] = re.findall(r'<th scope="col" aria-sort="descending">(.*?)</th>', ranking)
    assert heading == "Sharpe"


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


def test_trades_are_those_of_the_run(comparison, summary):
    rows = trade_rows(comparison)
    assert len(rows) == len(summary.trades)
    opened, closed = (f"{comparison.best.equity.index[day]:%Y-%m-%d}" for day in (1, 2))
    days = (comparison.best.equity.index[2] - comparison.best.equity.index[1]).days
    assert rows[0] == [0, opened, closed, days, 10.5, 3.0, 0.0]
    assert [row[0] for row in rows] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    [block] = re.findall(r'id="trades-data">(.*?)</script>', trades_html(comparison))
    assert json.loads(block)["trades"] == rows


def test_without_a_trade_there_is_no_table(comparison):
    empty = [replace(one, trades=one.trades.iloc[:0]) for one in comparison.results]
    assert trades_html(replace(comparison, ranked=tuple(empty[:-1]), benchmark=empty[-1])) == ""


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name, comparison, summary):
    hostile = replace(comparison, ranked=(replace(comparison.best, name=name), *comparison.ranked[1:]))
    for table in (ranking_html(hostile, summary.significance, {}), trades_html(hostile)):
        page = Page(table)
        assert page.handlers == []
        assert not {"img", "iframe"} & set(page.tags)
        assert page.outside() == []
        assert page.tags.count("script") == table.count('<script type="application/json"')
