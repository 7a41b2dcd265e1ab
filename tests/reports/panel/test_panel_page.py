"""The page of a panel, as a browser would read it."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.panels.significance.result_warnings import SURVIVORSHIP
from backtrader_walkforward.reports.formatting import number, percent
from backtrader_walkforward.reports.pages.axes import round_dates, round_values
from backtrader_walkforward.reports.pages.html import CONTENT_SECURITY_POLICY
from backtrader_walkforward.reports.pages.plot import Line, plot
from backtrader_walkforward.reports.panel import write_panel
from backtrader_walkforward.reports.panel.accounts import accounts_of
from backtrader_walkforward.reports.panel.heat_map import heat_map, scale_of
from backtrader_walkforward.reports.panel.notebook import panel_figure
from backtrader_walkforward.reports.panel.page import changes, panel_page
from backtrader_walkforward.reports.panel.ranking_section import rolling_ic
from backtrader_walkforward.reports.panel.sentences import by_chance_text
from backtrader_walkforward.reports.panel.tickers_table import tickers_table
from backtrader_walkforward.settings.variant_names import name_text
from tests.reports.pages import Page
from tests.reports.panel.panels import make_panel


@pytest.fixture(scope="module")
def text(written):
    return written.index.read_text()


def figures_of(part, kind):
    """Return the exact figures of the cells of a class."""
    return [float(value) for value in re.findall(rf'<td class="{kind} ?"><data value="([^"]*)">', part) if value]


def part_of(text, heading):
    return text.partition(f"<h2>{heading}</h2>")[2].partition("<h2>")[0]


def test_the_verdict_and_survivorship_stand_before_every_figure(text, panel):
    top = text.partition('<dl class="figures">')[0]
    assert '<p class="answer">No evidence of skill.</p>' in top
    assert SURVIVORSHIP in top
    assert panel.significance.warnings[1] in top


def test_the_books_stand_as_ranked_with_the_benchmark_last(text, panel):
    part = part_of(text, "The books")
    *ranked, benchmark = panel.books
    best = accounts_of(panel).best.name
    names = [
        f"{name_text(book.name)} *BEST*" if book.name == best else name_text(book.name)
        for book in Comparison.of(ranked, benchmark).ranked
    ]
    rows = re.findall(r'<tr><td class="text">([^<]*)</td>(.*?)</tr>', part)
    assert [name for name, _ in rows] == [*names, "Equal weight (benchmark)"]
    for book in panel.books:
        assert f"<td>{percent(book.metrics.total_return)}</td><td>{number(book.metrics.sharpe)}</td>" in part


def test_the_curve_of_a_book_with_the_word_hybrid_in_its_name_is_drawn(panel):
    books = [replace(book, name=book.name.replace("long_short", "my_hybrid_one")) for book in panel.books]
    *ranked, benchmark = books
    drawn = sorted(line.name for line in changes(ranked, benchmark))
    assert drawn == ["Equal weight", "My hybrid one", "Top"]
    [axes] = panel_figure(replace(panel, books=books)).axes
    assert len(axes.lines) == len([*drawn, "the line of 0"])


def test_turnover_and_costs_are_those_of_the_books(text, panel):
    part = part_of(text, "Turnover and costs of the books")
    assert part.count("<tr><td") == len(panel.books)
    assert "<td>0.81%</td><td>0.41%</td><td>0.09%</td><td>1.31%</td><td>0.25%</td>" in part


def test_the_portfolios_are_those_of_the_result(text, panel):
    part = part_of(text, "Each strategy on every ticker")
    for one in panel.portfolios.values():
        assert f"<td>{percent(one.total_return)}</td><td>{percent(one.annual_return)}</td>" in part
    assert part.rindex("Buy &amp; hold (benchmark)") > part.rindex("Kelly")


def test_the_ranking_is_that_of_the_result(text, panel):
    part = part_of(text, "Do the forecasts rank the tickers?")
    ranking = panel.ranking
    assert f"<dt>Mean rank IC</dt><dd><b>{ranking.mean_ic:.4f}</b><small>t-ratio {ranking.t_ratio:.2f}, p" in part
    assert f"<b>{ranking.spread * 10_000:.1f} bp</b>" in part
    assert f"<b>{ranking.hit_rate:.1%}</b>" in part
    shown = [float(value) for value in re.findall(r'<data value="([^"]*)">', part.partition("<details")[0])]
    assert shown == (ranking.fifths * 10_000).tolist()
    assert "Highest fifth" in part
    assert part.count("<tr><td") == len(ranking.by_year)


def test_every_ticker_has_a_row_with_its_exact_figures_and_a_link_to_its_page(text, written, panel):
    part = part_of(text, "Tickers")
    assert "The best single account, Kelly of T001, has a t-ratio of 2.40. It was picked out of 60 accounts." in part
    for name in ("total_return", "correlation", "costs", "fills"):
        assert figures_of(part, name) == panel.tickers[name].tolist()
    addresses = re.findall(r'<a href="(tickers/[^"]*)">', part)
    assert len(set(addresses)) == len(panel.tickers)
    assert all((written.run_folder / address).is_file() for address in addresses)


def test_a_figure_that_is_undefined_is_shown_as_such(panel):
    tickers = panel.tickers.assign(sharpe=np.nan).iloc[:1]
    assert '<td class="sharpe "><data value="">n/a</data></td>' in tickers_table(tickers, {})


def test_failed_tickers_are_named_with_their_reason(text):
    part = part_of(text, "Left out")
    assert "ZZZZ" in part
    assert "Yahoo knows no ticker &#x27;ZZZZ&#x27;" in part
    named = "T000, T001, T002, T003, T004 and 7 more"
    failed = "1 of them ended before the others, 2 more could not be studied."
    assert f"12 tickers known today ({named}) from CSV files, {failed}" in text
    assert "Every ticker was studied." in panel_page(make_panel(3, 300, failed={}), {}, ())


def test_a_ticker_that_ended_before_the_panel_counts_for_nothing_and_is_named_at_the_head(panel):
    start = panel.portfolios["buy_and_hold"].start
    tickers = panel.tickers.copy()
    tickers.loc["T003", ["last_day", "ended"]] = start, True
    text = panel_page(replace(panel, tickers=tickers), {}, ())
    assert "Panel of 11 tickers" in text
    byline = text.partition('<p class="byline">')[2].partition("</p>")[0]
    assert "11 tickers known today (T000, T001, T002, T004, T005 and 6 more) from CSV files, 1 of them ended" in byline
    assert text.count("T003 ended before the panel begins, and is in no book and no portfolio.") == 1


def test_every_file_beside_the_page_is_linked(text, written):
    beside = {path.name for path in written.run_folder.iterdir() if path.is_file()} - {"index.html"}
    assert beside <= set(Page(text).links)


def test_the_page_allows_its_own_script_and_no_other(text):
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"content=\"{CONTENT_SECURITY_POLICY}; script-src 'sha256-{digest}'\"" in text
    assert Page(text).outside() == []
    assert Page(text).handlers == []


def test_names_are_text(hostile, tmp_path):
    page = Page(write_panel(hostile, tmp_path, "x").index.read_text())
    assert page.tags.count("script") == 1
    assert page.handlers == []
    assert page.outside() == []
    assert not {"img", "iframe", "link"} & set(page.tags)
    for name in hostile.tickers.index:
        assert page.text.count(name) >= 2, name


def test_a_panel_whose_only_book_is_the_benchmark_has_a_page_without_books(panel):
    text = panel_page(replace(panel, books=panel.books[-1:]), {}, ())
    assert "The books" not in text
    assert "Buy &amp; hold (benchmark)" in text
    best = max(panel.portfolios.values(), key=lambda one: (one.name != "buy_and_hold", one.sharpe))
    assert f"<b>{percent(best.total_return)}</b>" in text


def test_a_note_that_is_a_warning_too_stands_once(panel):
    text = panel_page(replace(panel, notes=(*panel.notes, panel.significance.warnings[0])), {}, ())
    assert text.count(panel.significance.warnings[0]) == 1


def test_many_notes_are_folded(panel):
    text = panel_page(replace(panel, notes=[f"note {place}" for place in range(30)]), {}, ())
    shown, _, folded = text.partition("<details><summary>26 more notes</summary>")
    assert shown.count('<p class="note">') == 4
    assert folded.count('<p class="note">') == 26


@pytest.mark.parametrize("count", [1, 2])
def test_a_panel_too_small_to_be_ranked_has_a_page(count):
    panel = replace(make_panel(count, 300), best_ticker=None)
    text = panel_page(panel, {}, ())
    assert "A rank IC needs 3 tickers with a forecast and a known return, and no day has so many." in text
    assert "Mean rank IC" not in text
    assert f"Panel of {count} ticker{'s' if count > 1 else ''}, one model for all" in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("value", "kind"), [(0.2, ' class="up-4"'), (-0.2, ' class="down-4"'), (0.05, ' class="up-1"'), (0.001, "")]
)
def test_a_correlation_has_its_colour_and_its_figure(value, kind):
    table = heat_map(pd.DataFrame({2012: [value, 0.2]}, ["A", "B"]), {"A": "tickers/A.html"})
    assert f'<td class="text"><a href="tickers/A.html">A</a></td><td{kind}><data value="{value}">' in table


def test_one_odd_correlation_does_not_pale_all_others():
    few = pd.DataFrame({2012: [0.1] * 199 + [0.9]})
    assert scale_of(few) == 0.1
    assert scale_of(few * np.nan) == 0.05


def test_two_of_a_hundred_correlations_are_beyond_the_scale():
    assert scale_of(pd.DataFrame({2012: np.arange(101) / 100})) == 0.98


def market_of(bars_a_year, **ranking):
    """A panel of which only the length of a year and the ranking are known."""
    portfolios = {"buy_and_hold": SimpleNamespace(bars_a_year=bars_a_year)}
    return SimpleNamespace(portfolios=portfolios, ranking=SimpleNamespace(**ranking))


def test_averages_of_a_quarter_of_the_days_have_twice_the_standard_error_of_them_all():
    """The band is 1.96 x 2 x .05 = .196 to each side; the picture spans -.196 to .392 and 4% more on each side."""
    panel = market_of(252, ic=pd.Series(0.392, pd.bdate_range("2020-01-01", periods=16)), standard_error=0.05)
    [(top, height)] = re.findall(r'class="band" y="([0-9.]+)" width="1000" height="([0-9.]+)"', rolling_ic(panel))
    span = 0.588 * 1.08
    assert float(top) == pytest.approx(400 * (0.392 + 0.04 * 0.588 - 0.196) / span, abs=0.06)
    assert float(height) == pytest.approx(400 * 0.392 / span, abs=0.06)


@pytest.mark.parametrize(("bars_a_year", "limit"), [(252, "0.12"), (12, "0.57")])
def test_by_chance_a_correlation_lies_within_196_over_the_root_of_a_year(bars_a_year, limit):
    assert f"95 of 100 figures of a whole year lie between -{limit} and {limit}." in by_chance_text(
        market_of(bars_a_year)
    )


def test_a_curve_spans_its_frame_and_keeps_its_last_value():
    days = pd.bdate_range("2012-01-02", periods=2_000)
    picture = plot([Line(name="a", curve=pd.Series(np.arange(2_000.0), days), last="1,999")], "words", str)
    points = re.search(r'points="([^"]*)"', picture)[1].split()
    assert len(points) == 500
    assert points[0].startswith("0.0,")
    assert points[-1].startswith("1000.0,")
    assert "<title>words, 2012-01-02 to 2019-08-30; at the end a 1,999.</title>" in picture


def test_a_curve_without_two_values_is_no_picture():
    assert plot([Line(name="a", curve=pd.Series([1.0], [pd.Timestamp("2012-01-02")]))], "words", str) == ""


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2012-01-15", "2012-04-02", ["2012-02", "2012-03", "2012-04"]),
        ("2012-03-01", "2015-01-20", ["2012-07", "2013-01", "2013-07", "2014-01", "2014-07", "2015-01"]),
        ("1995-01-03", "2022-12-28", ["2000", "2005", "2010", "2015", "2020"]),
    ],
)
def test_dates_are_round_and_few(first, last, labels):
    assert [text for _, text in round_dates(pd.Timestamp(first), pd.Timestamp(last))] == labels


def test_values_are_round_and_few():
    assert round_values(-0.004, 0.011) == [0.0, 0.005, 0.01]
