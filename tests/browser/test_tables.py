"""The ranking and the table of trades in a real browser: they sort, filter and choose, by pointer and by keyboard."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from backtrader_walkforward.evaluation.metrics import win_rate
from backtrader_walkforward.reports.explore.page import report_page
from backtrader_walkforward.reports.formatting import display_name
from backtrader_walkforward.reports.pages.index_page import index_page
from backtrader_walkforward.reports.section import Section
from backtrader_walkforward.reports.sections import sections_of
from tests.browser.explored import DRAWN, choose_dates, window_table
from tests.browser.looks import no_sideways_scroll

pytestmark = pytest.mark.slow


def column(page, table, number):
    """Return the texts of a column."""
    return [cell.inner_text() for cell in page.locator(f"{table} tbody tr > :nth-child({number})").all()]


def test_a_heading_sorts_the_ranking_by_keyboard(kept, result):
    heading = kept.locator(".named th", has_text="Return").first
    heading.locator("button").focus()
    *ranked, _ = result.comparison.results
    returns = {one.name: one.metrics.total_return for one in ranked}
    for order in ("descending", "ascending"):
        kept.keyboard.press("Enter")
        assert heading.get_attribute("aria-sort") == order
        assert kept.locator(".named th[aria-sort]").count() == 1
        names = kept.locator(".named input").evaluate_all("boxes => boxes.map((box) => box.dataset.variant)")
        assert sorted(names) == sorted(returns)
        assert [returns[name] for name in names] == sorted(returns.values(), reverse=order == "descending")
        assert column(kept, ".named", 1)[-1] == "Buy & hold (benchmark)"


def test_a_box_shows_a_variant_in_the_charts(kept, result):
    second = result.comparison.ranked[1].name
    kept.locator(f'.named input[data-variant="{second}"]').check()
    assert kept.locator("#legend li:has(svg)").count() == 3
    kept.locator(f'.named input[data-variant="{second}"]').uncheck()
    assert kept.locator("#legend li:has(svg)").count() == 2


def test_a_name_shows_its_variant_in_detail_and_leads_to_the_charts(kept, result):
    second = result.comparison.ranked[1].name
    kept.locator(f'.named a[data-detail="{second}"]').click()
    expect(kept.locator("#detail")).to_have_value("1")
    expect(kept.locator("#explore")).to_be_in_viewport()
    assert kept.url.partition("#")[0].endswith("report.html")


def test_a_ranking_that_goes_on_has_a_shade_at_its_edge_and_type_keeps_its_distance(look, run_folder):
    page = look(run_folder / "report.html", width=390)
    region = page.locator(".scroll.named")
    assert region.evaluate("one => one.scrollWidth > one.clientWidth")
    assert region.evaluate("one => getComputedStyle(one).backgroundAttachment") == "local, scroll"
    kinds = page.locator(".named td.text")
    assert float(kinds.first.evaluate("one => parseFloat(getComputedStyle(one).paddingLeft)")) > 12


def test_a_badge_and_one_more_column_cut_off_no_curve(look, result, tmp_path):
    first, *others = result.comparison.ranked
    longest = replace(
        first,
        name="volatility_adjusted_hybrid_70_30",
        weights=0 * first.weights + 0.5,
        metrics=first.metrics | {"sharpe": 1.0, "trades": 100, "win_rate": 0.5},
    )
    wide = replace(result, comparison=replace(result.comparison, ranked=(longest, *others)))
    more = Section(columns={"Time in\nmarket": {one.name: "100.00%" for one in wide.comparison.results}})
    path = tmp_path / "index.html"
    path.write_text(index_page(wide, [*sections_of(wide), more], {}, ()))
    page = look(path)
    expect(page.locator(".variants tr.best")).to_contain_text("*BEST*")
    ranking = page.locator(".scroll:has(> .variants)")
    assert ranking.evaluate("one => one.scrollWidth - one.clientWidth") == 0


def test_the_head_of_the_page_leads_to_the_words_that_it_uses(look, run_folder):
    page = look(run_folder / "report.html")
    assert page.locator(".byline a").get_attribute("href") == "index.html#reading"
    assert 'id="reading"' in (run_folder / "index.html").read_text()


@pytest.fixture(scope="module")
def traded(summary):
    """The run with 250 trades of the best variant: profits from -124 to 125, one closed each business day of 2015.

    The profit of the trade in the middle is 0, and the smallest one above it is a fifth of a cent.
    """
    closed = pd.bdate_range("2015-01-05", periods=250)
    many = {"opened": closed - pd.Timedelta(days=2), "closed": closed, "size": 1.0, "profit": np.arange(250.0) - 124}
    trades = pd.DataFrame(many | {"commission": 0.25, "borrowing": 0.0}).replace({"profit": {1.0: 0.002}})
    comparison = summary.comparison
    bought = comparison.best.fills.assign(size=[10.5, -4.0])
    best = replace(comparison.best, trades=trades, fills=bought)
    return replace(summary, comparison=replace(comparison, ranked=(best, *comparison.ranked[1:])))


@pytest.fixture(scope="module")
def report(traded, tmp_path_factory):
    path = tmp_path_factory.mktemp("traded") / "report.html"
    path.write_text(report_page(traded, sections_of(traded), {}))
    return path


@pytest.fixture
def trades(look, report):
    page = look(report)
    page.wait_for_selector(DRAWN)
    return page


CLOSED, PROFIT = 3, 4
"""Columns of the table of trades, counted from 1."""


def count_of(page):
    """Return the number of trades, and of those that won, as the line above the table says."""
    number, won = re.search(r"^(\d+) of 259 trades.*?: (\d+) won", page.locator("#trades-count").inner_text()).groups()
    return int(number), int(won)


def test_trades_are_filtered_by_variant_outcome_and_text(trades, traded):
    closed, won = count_of(trades)
    assert (closed, won) == (250, 125)
    assert won / closed == win_rate(traded.comparison.best.trades["profit"])  # whatever a profit looks like
    assert trades.locator("#trades-table tbody tr").count() == 100
    trades.locator("#trades-outcome").select_option("won")
    assert count_of(trades) == (125, 125)
    trades.locator("#trades-outcome").select_option("lost")
    assert count_of(trades) == (125, 0)  # the trade that earned nothing is one of them
    trades.locator("#trades-outcome").select_option("")
    trades.locator("#trades-text").fill("2015-02-0")
    assert column(trades, "#trades-table", CLOSED)[:2] == ["2015-02-02", "2015-02-03"]
    trades.locator("#trades-text").fill("2015-06-29")
    assert column(trades, "#trades-table", PROFIT)[0] == "+0.00"  # what rounds to 0 keeps its sign
    trades.locator("#trades-text").fill("no such trade")
    assert trades.locator("#trades-table tbody tr").count() == 0
    assert trades.locator("#trades-count").inner_text().startswith("None of ")
    trades.locator("#trades-text").fill("")
    trades.locator("#trades-variant").select_option("")
    assert count_of(trades)[0] == 259


def test_the_page_says_when_the_chosen_variant_traded(trades):
    says = trades.locator("#trades-fills")
    bought = (
        "Kelly hybrid 70/30 bought once and sold once in the whole test, first on 2015-06-02 and last on 2015-06-03."
    )
    assert says.inner_text() == f"Beside the part that is bought and held, {bought}"
    trades.locator("#trades-variant").select_option("")
    assert says.inner_text() == ""


def test_trades_follow_the_window(trades):
    """A trade was closed on each of the 23 business days of July; that of the first is not after the first close."""
    choose_dates(trades, pd.Timestamp("2015-07-01"), pd.Timestamp("2015-07-31"))
    expect(trades.locator("#trades-count")).to_contain_text(
        "22 of 259 trades, closed after 2015-07-01 and until 2015-07-31: "
    )
    trades.locator("#trades-outcome").select_option("lost")
    assert trades.locator("#trades-count").inner_text() == (
        "None of 259 trades was closed after 2015-07-01 and until 2015-07-31 and fits what is chosen here."
    )
    trades.locator("#trades-outcome").select_option("")
    trades.click("#whole")
    assert count_of(trades)[0] == 250
    assert "Closed trades. The other charts" in trades.locator("#explore > .says").first.inner_text()


def test_a_trade_of_the_window_was_closed_after_its_first_close(trades):
    """One was closed on each day, with a profit of -1, 0, 0.002 and 2; the first close is the end of the first."""
    choose_dates(trades, pd.Timestamp("2015-06-25"), pd.Timestamp("2015-06-30"))
    [shown, *_] = window_table(trades).values()
    assert shown[3:] == ["66.67%", "3"]
    expect(trades.locator("#trades-count")).to_contain_text("3 of 259 trades, closed after 2015-06-25 and until")


def test_a_narrow_page_shows_the_profit_without_scrolling(look, report):
    page = look(report, width=390)
    page.wait_for_selector(DRAWN)
    assert page.locator("#trades-table th", has_text="Strategy").is_hidden()
    profit = page.locator(f"#trades-table tbody tr:first-child > :nth-child({PROFIT})").bounding_box()
    assert profit["x"] + profit["width"] <= 390


def test_sentences_follow_the_variant_in_detail(kept, result):
    kept.locator("#detail").select_option("1")
    name = display_name(result.comparison.ranked[1].name)
    for chart in ("months", "distribution"):
        shown = kept.locator(f"#{chart} .says span[data-place]:visible").all_inner_texts()
        assert len(shown) == 1
        assert name in shown[0]


def test_trades_sort_over_all_sheets(trades):
    heading = trades.locator("#trades-table th", has_text="Profit")
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(trades, "#trades-table", PROFIT)[:2] == ["+125.00", "+124.00"]
    trades.locator("#trades-after").click()
    assert ", 101 to 200 shown" in trades.locator("#trades-count").inner_text()
    assert column(trades, "#trades-table", PROFIT)[0] == "+25.00"
    trades.locator("#trades-after").click()
    assert column(trades, "#trades-table", PROFIT)[-1] == "-124.00"
    assert trades.locator("#trades-after").is_disabled()
    heading.locator("button").click()
    assert column(trades, "#trades-table", PROFIT)[0] == "-124.00"


def test_trades_months_and_the_open_position_follow_the_variant_in_detail(trades):
    opened = trades.locator("#trades-open")
    assert opened.inner_text().startswith(
        "1 position is still open at the end of the whole test and not in the table; its profit so far is "
    )
    trades.locator("#detail").select_option("1")
    assert opened.inner_text() == ""
    assert trades.locator("#trades-variant").input_value() == "1"
    assert count_of(trades)[0] == 3
    named = "[...Bokeh.documents.at(-1).all_models].filter((model) => model.name === 'detail')"
    assert set(trades.evaluate(f"{named}.flatMap((model) => model.group ?? [])")) == {"1"}
    assert set(trades.evaluate(f"{named}.flatMap((model) => model.text ?? model.label?.value ?? [])")) == {
        display_name(traded_name(trades))
    }
    trades.locator("#trades-variant").select_option("")
    assert opened.inner_text().startswith("1 position ")


def traded_name(page):
    """Return the name of the variant in detail, as its box in the ranking has it."""
    return page.locator(".named input").nth(1).get_attribute("data-variant")


def test_on_paper_the_ranking_keeps_its_headings_and_its_names_on_one_line(look, run_folder):
    """A4 less its margins is 703 pixels wide. Chromium does not repeat buttons on the next page, but their words."""
    page = look(run_folder / "report.html", width=703)
    page.wait_for_selector(DRAWN)
    page.emulate_media(media="print")
    buttons = page.locator(".named th button")
    look_of = "(all, [part, name]) => [...new Set(all.map((one) => getComputedStyle(one, part)[name]))]"
    assert buttons.evaluate_all(look_of, [None, "display"]) == ["contents"]
    assert buttons.evaluate_all(look_of, ["::after", "content"]) == ["none"]
    names = page.locator(".named tbody th")
    assert names.evaluate_all(look_of, [None, "fontSize"]) == ["10px"]
    assert page.locator("#window tbody :is(th, td)").evaluate_all(look_of, [None, "fontSize"]) == ["10px"]
    assert names.evaluate_all(look_of, [None, "backgroundColor"]) == ["rgb(255, 255, 255)"]
    assert max(names.evaluate_all("all => all.map((one) => one.offsetHeight)")) < 32
    assert page.locator(".scroll.named").evaluate("one => getComputedStyle(one).breakInside") == "avoid"
    no_sideways_scroll(page)


def test_without_scripts_the_ranking_is_read_and_no_control_is_shown(look, run_folder):
    page = look(run_folder / "report.html", scripts=False)
    assert page.locator(".named tbody tr").first.is_visible()
    assert page.locator(".named input").first.is_hidden()
    assert page.locator("#trades").is_hidden()
