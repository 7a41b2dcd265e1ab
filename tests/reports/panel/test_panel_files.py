"""The files of a panel."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from io import StringIO

import pandas as pd
import pytest

from backtrader_walkforward.panels.significance.result_warnings import SURVIVORSHIP
from backtrader_walkforward.reports.drawing.png import png_of
from backtrader_walkforward.reports.panel import write_panel
from backtrader_walkforward.reports.panel.accounts import accounts_of
from backtrader_walkforward.reports.panel.notebook import notebook, panel_figure
from backtrader_walkforward.reports.panel.summary import split_portfolios
from backtrader_walkforward.reports.panel.tables import portfolios_table
from backtrader_walkforward.reports.panel.terminal import MOST_PORTFOLIOS, print_panel
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.saved_runs.reading import read_run
from backtrader_walkforward.settings.variant_names import name_text
from tests.reports.pages import Page
from tests.reports.panel.panels import NOTE, Studies, make_panel

TABLES = {"books", "portfolios", "tickers", "by_year", "ic", "equity", "fills", "forecasts"}


NAMED = "(T000, T001, T002, T003, T004 and 7 more)"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_panel_leaves_its_files_and_a_page_a_ticker(written, panel):
    assert written.run_folder.name == "PANEL_20260102_030405"
    files = {f"{name}.csv" for name in TABLES} | {"settings.toml", "index.html", "report.html", "results.json"}
    assert set(contents(written.run_folder)) == files | {f"tickers/{name}.html" for name in panel.tickers.index}


def test_the_same_panel_leaves_the_same_bytes(written, panel, tmp_path):
    assert contents(write_panel(panel, tmp_path, "20270102_030405").run_folder) == contents(written.run_folder)


def test_what_is_saved_by_hand_is_what_the_command_writes(written, panel, tmp_path):
    assert contents(panel.save(tmp_path / "mine").run_folder) == contents(written.run_folder)


def test_pages_of_tickers_are_asked_for_once_each_in_order(tmp_path):
    panel = make_panel(5, 300)
    write_panel(panel, tmp_path, "x")
    assert panel.studies.asked == panel.tickers.index.tolist()


def test_a_fault_leaves_nothing(panel, tmp_path):
    class Broken(Studies):
        def __getitem__(self, ticker):
            raise RuntimeError("the cache is gone")

    with pytest.raises(RuntimeError, match="the cache is gone"):
        write_panel(replace(panel, studies=Broken([])), tmp_path, "x")
    assert list((tmp_path / "runs").iterdir()) == []


def test_names_of_tickers_stay_in_the_folder_and_apart(hostile, tmp_path):
    written = write_panel(hostile, tmp_path, "x")
    pages = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.html") if path.parent.name == "tickers"]
    assert len(pages) == len(hostile.tickers)
    assert len({path.name.lower() for path in pages}) == len(pages)
    assert all(path.parts[:3] == ("runs", "PANEL_x", "tickers") for path in pages)
    table = pd.read_csv(written.run_folder / "tickers.csv")
    assert "'=1+1" in table["ticker"].tolist()


def test_numbers_read_back_to_the_bit(written, panel):
    read = {name: pd.read_csv(written.run_folder / f"{name}.csv", dtype=str) for name in TABLES}
    assert read["ic"]["ic"].map(float).tolist() == panel.ranking.ic.tolist()
    top = next(book for book in panel.books if book.name == "top")
    assert read["equity"]["book/top"].map(float).tolist() == top.equity.tolist()
    assert read["tickers"]["correlation"].map(float).tolist() == panel.tickers["correlation"].tolist()
    for ticker, rows in read["forecasts"].groupby("ticker"):
        assert rows["predicted_return"].map(float).tolist() == panel.forecasts[ticker].dropna().tolist()
    assert len(read["fills"]) == sum(len(book.fills) for book in panel.books)


def test_results_json_holds_the_figures(written, panel):
    entry = json.loads((written.run_folder / "results.json").read_text())
    assert entry["model"] == "pooled"
    assert entry["ranking"]["mean_ic"] == panel.ranking.mean_ic
    assert [one["ticker"] for one in entry["tickers"]] == panel.tickers.index.tolist()
    assert entry["failed"] == panel.failed
    assert entry["benchmark"]["name"] == "equal_weight"
    assert len(entry["books"]) == len(panel.books) - 1
    assert entry["significance"]["headline"] == "No evidence of skill"
    assert entry["best_ticker"]["account"] == "T001 kelly"
    assert entry["significance"]["warnings"][0] == SURVIVORSHIP
    assert entry["notes"] == [NOTE]


def test_a_panel_whose_only_book_is_the_benchmark_has_no_files_of_books(panel, tmp_path):
    written = write_panel(replace(panel, books=panel.books[-1:]), tmp_path, "x")
    assert {"books.csv", "fills.csv"} & {path.name for path in written.run_folder.iterdir()} == set()
    assert json.loads((written.run_folder / "results.json").read_text())["books"] == []
    print_panel(Terminal(file=StringIO()), replace(panel, books=panel.books[-1:]))
    assert "Portfolio over all tickers" in notebook(replace(panel, books=panel.books[-1:]))


def test_a_list_of_runs_shows_the_days_and_the_best_of_books_and_portfolios(panel, written, tmp_path):
    run = read_run(written.run_folder)
    assert run.days == (date(2012, 3, 1), date(2015, 1, 22))
    best = accounts_of(panel).best
    assert (run.best.name, run.best.column, run.benchmark.column) == (
        best.name,
        f"book/{best.name}",
        "portfolio/buy_and_hold",
    )
    folder = write_panel(replace(panel, books=panel.books[-1:]), tmp_path, "x").run_folder
    best = accounts_of(replace(panel, books=panel.books[-1:])).best
    assert read_run(folder).best.column == f"portfolio/{best.name}"


def test_the_settings_are_those_of_the_panel(written):
    assert tomllib.loads((written.run_folder / "settings.toml").read_text())["forecast"]["seed"] == 7


@pytest.fixture
def printed(panel):
    file = StringIO()
    print_panel(Terminal(file=file), panel)
    return file.getvalue()


def test_the_terminal_says_the_verdict_first(printed):
    lines = printed.strip().splitlines()
    assert lines[:2] == [
        "No evidence of skill",
        "Luck alone does as well in 27 of 100 cases; 5 or fewer count as evidence.",
    ]


def test_the_terminal_shows_books_portfolios_ranking_and_failures(printed, panel):
    for book in panel.books:
        assert f"{book.metrics.total_return:.2%}" in printed
    ranked, market = split_portfolios(panel)
    portfolios = printed.partition("Portfolio over all tickers")[2]
    names = re.findall(r"^(.+?)(?: \(benchmark\))? +-?\d+\.\d\d%", portfolios, re.MULTILINE)
    assert names == [name_text(one.name) for one in (*ranked[:MOST_PORTFOLIOS], market)]
    assert (f"{len(ranked) - MOST_PORTFOLIOS} more" in printed) == (len(ranked) > MOST_PORTFOLIOS)
    assert f"{market.total_return:.2%}" in printed
    assert panel.significance.verdict.splitlines()[2] in printed
    assert "The best single account, Kelly of T001" in printed
    assert f"12 tickers known today {NAMED} from CSV files, 1 of them ended before the others, 2 more could" in printed
    assert "  ZZZZ: Yahoo knows no ticker 'ZZZZ'" in printed
    assert f"Warning: {SURVIVORSHIP}\n" in printed
    assert f"Note: {NOTE}.\n" in printed


def test_the_terminal_says_at_the_head_which_tickers_and_days_it_is_about(printed, panel):
    head = printed.partition("Book ")[0].splitlines()
    assert head[4] == "Panel of 12 tickers, one model for all, 2012-03-01 to 2015-01-22"
    assert head[5].startswith(f"12 tickers known today {NAMED}")


def test_two_benchmarks_are_told_apart_where_both_stand(printed, panel, written):
    told = "Equal weight is a book: one account that trades to hold equal parts"
    assert printed.index("Buy & hold (benchmark)") < printed.index(told)
    assert told in (written.run_folder / "index.html").read_text()
    assert told in notebook(panel)
    alone = replace(panel, books=panel.books[-1:])
    assert told not in notebook(alone)


@pytest.mark.parametrize("columns", [80, 100])
def test_it_fits_the_screen(panel, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    file = StringIO()
    print_panel(Terminal(file=file), panel)
    assert file.getvalue().isascii()
    assert max(map(len, file.getvalue().splitlines())) <= columns
    assert "Long short hybrid 30/70" in file.getvalue()


@pytest.mark.parametrize(("days", "shown"), [(200, False), (300, True)])
def test_a_return_a_year_needs_a_year(days, shown):
    table = portfolios_table(make_panel(3, days))
    assert ("Return\na year" in table.headings) == shown
    assert all(len(row) == len(table.headings) for row in table.rows)


def test_each_note_ends_as_a_sentence(panel):
    file = StringIO()
    print_panel(Terminal(file=file), replace(panel, notes=("one ends without a stop", "one ends with it.")))
    assert "Note: one ends without a stop.\nNote: one ends with it.\n" in file.getvalue()


def test_many_failures_are_counted():
    file = StringIO()
    print_panel(Terminal(file=file), make_panel(3, 300, failed={f"F{place:02}": "short" for place in range(30)}))
    assert "  F19: short\n  and 10 more, which the report names\n" in file.getvalue()


def test_a_notebook_shows_verdict_books_and_chart(panel):
    page = Page(notebook(panel))
    assert {"table", "img"} <= set(page.tags)
    assert "No evidence of skill." in page.text
    assert png_of(panel_figure(panel)) == png_of(panel_figure(panel))
