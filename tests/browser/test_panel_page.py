"""The scripts of a panel's pages: one sorts the tables, one shows books and portfolios in the charts."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def test_a_click_sorts_the_tickers(look, panel_page, panel):
    page = look(panel_page)
    table = page.locator("table.sortable").filter(has_text="of the best")
    ascending = panel.tickers["total_return"].sort_values().index.tolist()
    for name, expected in (
        ("Return.*best", ("descending", ascending[::-1])),
        ("Return.*best", ("ascending", ascending)),
        ("Ticker", ("ascending", panel.tickers.index.tolist())),
    ):
        head = table.locator("th").filter(has_text=re.compile(f"^{name}"))
        head.get_by_role("button").click()
        tickers = table.locator("tbody tr td:first-child").all_inner_texts()
        assert (head.get_attribute("aria-sort"), tickers) == expected


def test_a_portfolio_is_drawn_beside_a_book(look, written):
    page = look(written.run_folder / "report.html")
    page.wait_for_selector("html[data-drawn]")
    page.select_option("#detail", label="Kelly")
    expect(page.locator("#legend")).to_contain_text("Kelly")
    says = page.locator("#position .says span:visible").filter(has_text="A portfolio has no position of its own")
    expect(says).to_have_count(1)
    blue = page.locator("#position .says").get_by_text("Line: gross exposure")
    expect(blue).to_be_hidden()
    expect(page.locator("#chart-position")).to_be_hidden()
    expect(page.locator("#empty-position")).to_have_text("There is no position to draw.")
    shown = page.locator("#window tbody tr").first
    total = (
        page.locator("tr.variant, tr.best").filter(has_text=re.compile("^Kelly *-?[0-9]")).locator("td.total_return")
    )
    expect(shown).to_contain_text("Kelly")
    expect(shown).to_contain_text(total.first.inner_text())
    expect(shown.locator("td").last).to_have_text("n/a")  # its trades are in the accounts of its tickers
    page.select_option("#detail", label="Long short")
    expect(says).to_have_count(0)
    expect(blue).to_be_visible()
    expect(page.locator("#chart-position")).to_be_visible()
    expect(page.locator("#empty-position")).to_be_hidden()
    expect(shown.locator("td").last).to_have_text(re.compile(r"\d+"))
