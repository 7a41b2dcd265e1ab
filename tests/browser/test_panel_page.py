"""The script of a panel's page, which sorts its tables."""

import re


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
