"""The page to explore of a panel: all that the verdict is about stands there, with the same figures and names."""

import re
from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import measure_performance
from backtrader_walkforward.panels.significance.panel_returns import PanelReturns
from backtrader_walkforward.reports.formatting import number, percent
from backtrader_walkforward.reports.panel import write_panel
from backtrader_walkforward.reports.panel.accounts import accounts_of
from backtrader_walkforward.reports.panel.page import panel_page
from backtrader_walkforward.reports.panel.report_page import NO_POSITION, panel_report
from backtrader_walkforward.reports.panel.summary import split_portfolios
from backtrader_walkforward.saved_runs.reading import read_run
from backtrader_walkforward.settings.variant_names import name_text

WARNING = "Trading is free in this run, and the book Top trades 105 times its equity a year."

LINKS = {"T000": "tickers/T000.html", "T001": "tickers/T001.html"}


@pytest.fixture(scope="module")
def text(panel):
    return panel_report(replace(panel, significance=replace(panel.significance, warnings=(WARNING,))), LINKS)


def rows_of(text):
    """The rows of the ranking: the name of each account, and its cells."""
    table = text.partition('<table class="ranking sortable">')[2].partition("</table>")[0]
    rows = re.findall(r'<tr class="[a-z]+"><th[^>]*>(.*?)</th>(.*?)</tr>', table, re.DOTALL)
    return {re.sub("<[^>]*>", "", name).strip(): cells for name, cells in rows}


def test_books_and_portfolios_are_ranked_together_beside_the_market_of_the_verdict(text, panel):
    accounts = accounts_of(panel)
    names = [name_text(one.name) for one in accounts.ranked]
    assert len(names) == 8 + 10
    assert {"Long short", "Top hybrid 50/50", "Kelly", "Volatility adjusted hybrid 50/50"} <= set(names)
    assert list(rows_of(text)) == [f"{names[0]} *BEST*", *names[1:], "Buy &amp; hold (benchmark)"]
    sharpes = [one.metrics.sharpe for one in accounts.ranked]
    assert sharpes == sorted(sharpes, reverse=True)


def test_a_portfolio_has_its_own_figures_and_none_that_are_those_of_its_tickers(text, panel):
    cells = rows_of(text)["Kelly hybrid 50/50"]
    kelly = panel.portfolios["kelly_hybrid_50_50"]
    shown = dict(re.findall(r'<td class="([a-z_]+)"><data[^>]*>([^<]*)</data>', cells))
    assert shown["total_return"] == percent(kelly.total_return)
    assert shown["sharpe"] == number(kelly.sharpe)
    assert shown["max_drawdown"] == percent(kelly.max_drawdown)
    assert shown["trades"] == shown["gross_exposure"] == "n/a"
    assert cells.endswith('<td class="text">Portfolio, 50/50 split</td>')


def test_the_headline_names_the_best_of_all_with_the_figures_of_its_row(text, panel):
    best = accounts_of(panel).best
    label, figures = name_text(best.name), best.metrics
    term = f"Return of the best of 18 variants, the {best.kind.lower()} {label}"
    assert f"<dt>{term}</dt><dd><b>{percent(figures.total_return)}</b>" in text
    assert f">{number(figures.sharpe)}</data>" in rows_of(text)[f"{label} *BEST*"]
    index = panel_page(panel, {}, ())
    assert f"<dt>{term}</dt><dd><b>{percent(figures.total_return)}</b>" in index
    [row] = [row for row in index.split("<tr>") if f'<td class="text">{label} *BEST*</td>' in row][:1]
    assert f"<td>{percent(figures.total_return)}</td>" in row
    assert f"<td>{number(figures.sharpe)}</td>" in row


def test_a_portfolio_in_detail_says_where_its_positions_are(text):
    assert NO_POSITION in text


def test_a_book_shows_its_gross_exposure_in_which_long_and_short_do_not_cancel(text, panel):
    book = next(book for book in panel.books if book.name == "long_short")
    assert book.metrics.exposure < 0.02 < 0.9 < book.metrics.gross_exposure
    exact = book.metrics.gross_exposure
    gross, net = percent(exact), percent(book.metrics.net_exposure)
    [cells] = [cells for name, cells in rows_of(text).items() if name.removesuffix(" *BEST*") == "Long short"]
    assert f'<td class="gross_exposure"><data value="{exact!r}">{gross}</data>' in cells
    assert f"<td>Long short</td><td>{gross}</td><td>{net}</td>" in text.replace('<td class="text">', "<td>")
    position = text.partition('id="position"')[2].partition("</section>")[0]
    assert "Line: gross exposure" in position
    assert "target weight" not in position
    assert "Gross<br>exposure" in panel_page(panel, {}, ())


def test_it_links_the_page_of_each_ticker_and_shows_months_and_days(text):
    assert '<a href="#tickers">the pages of the tickers</a>' in text
    assert '<a href="tickers/T000.html">T000</a>, <a href="tickers/T001.html">T001</a>.' in text
    assert "The worst month of Long short was " in text
    assert "<h2>Daily returns</h2>" in text


def test_the_benchmark_is_that_of_the_verdict(text):
    assert '<th class="text" scope="row">Buy &amp; hold (benchmark)</th>' in text
    assert "Beats B&amp;H<br>in return" in text


def test_both_pages_name_the_predictor_below_the_title(text, panel):
    for page in (text, panel_page(panel, {}, ())):
        byline = page.partition('<p class="byline">')[2].partition("</p>")[0]
        data = r"Data: 12 tickers known today \(T000, .*\) from CSV files, 1 .*, 2 more could not be studied"
        assert re.search(rf"days. {data}. Forecasts: lstm$", byline)


def test_its_notes_stand_there_too(panel):
    noted = replace(panel, notes=[f"note {place}" for place in range(6)])
    assert panel_report(noted, {}).count('<p class="note">note ') == 4


def test_its_warnings_stand_there(text):
    assert f"<li>{WARNING}</li>" in text


def with_more(account, each_day, name):
    """The account under another name, with more return each day."""
    returns = account.returns + each_day
    equity = account.equity.iloc[0] * (1 + returns).cumprod().reindex(account.equity.index, fill_value=1.0)
    figures = account.metrics | measure_performance(equity)
    return replace(account, name=name, equity=equity, returns=returns, metrics=figures)


def test_verdict_pages_and_list_of_runs_name_the_same_best_where_rounding_alone_differs(panel, tmp_path):
    *books, held = panel.books
    zebra, aardvark = (with_more(books[0], more, name) for more, name in ((0.01, "zebra"), (0.01 - 1e-14, "aardvark")))
    assert 0 < zebra.metrics.sharpe - aardvark.metrics.sharpe < 1e-9
    close = replace(panel, books=[*books, zebra, aardvark, held])
    verdict = PanelReturns.of(close.portfolios, close.books).standing(paid=True)
    saved = read_run(write_panel(close, tmp_path, "20260102_030405").run_folder)
    assert [accounts_of(close).best.name, verdict.name, saved.best.name] == ["aardvark"] * 3


def test_portfolios_that_differ_by_rounding_alone_are_ranked_by_name(panel):
    first, other = (panel.portfolios[name] for name in ("binary", "kelly"))
    lower = {"returns": other.returns - 1e-17, "excess_returns": other.excess_returns - 1e-17}
    twins = {"binary": replace(first, **lower), "kelly": other, "buy_and_hold": panel.portfolios["buy_and_hold"]}
    assert twins["binary"].sharpe < other.sharpe
    ranked, _ = split_portfolios(replace(panel, portfolios=twins))
    assert [one.name for one in ranked] == ["binary", "kelly"]
