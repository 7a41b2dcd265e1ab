"""The result of a panel on the terminal."""

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.formatting import period_text
from backtrader_walkforward.reports.panel.sentences import (
    BENCHMARKS,
    best_ticker_text,
    notes_of,
    tickers_text,
    title_of,
)
from backtrader_walkforward.reports.panel.summary import PanelSummary, buy_and_hold_of, comparison_of
from backtrader_walkforward.reports.panel.tables import books_table, portfolios_table
from backtrader_walkforward.reports.section import Table
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.reports.terminal_summary import narrow_table
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.system.text import pluralize

METRICS = 3
"""Metrics of the books that fit 100 columns."""

MOST_PORTFOLIOS = 5
"""Portfolios that a screen has room for, besides buy & hold."""

MOST_FAILED = 20
"""Failed tickers that are named; the page names all."""


def print_panel(terminal: Terminal, panel: PanelSummary) -> None:
    """Print the answer, the books, the portfolios, the figures behind the answer, and what failed."""
    headline, *reasons = panel.significance.verdict.splitlines()
    market = buy_and_hold_of(panel)
    terminal.says("", headline.removesuffix("."), *reasons[:1], "")
    terminal.says(f"{title_of(panel)}, {period_text(market.equity)}", tickers_text(panel))
    if comparison := comparison_of(panel):
        books = books_table(comparison, METRICS) if terminal.is_wide else narrow_books(comparison)
        terminal.says("")
        terminal.figures(books.headings, books.rows, words=2)
    terminal.says("")
    print_portfolios(terminal, panel)
    benchmarks = [BENCHMARKS] if comparison else []
    more = [*benchmarks, *reasons[1:], *filter(None, [best_ticker_text(panel)])]
    more += [f"Warning: {text}" for text in panel.significance.warnings]
    more += [f"Note: {text}" for text in notes_of(panel)]
    terminal.says("", *more, *failed_lines(panel))


def narrow_books(comparison: Comparison) -> Table:
    """Return the books in 80 columns."""
    name = comparison.benchmark.name
    return narrow_table(comparison, "Book", f"{name_text(name)} (benchmark)", "\n".join(["Beats", *name.split("_")]))


def print_portfolios(terminal: Terminal, panel: PanelSummary) -> None:
    """Print the best portfolios and buy & hold, and how many others only the report shows."""
    table = portfolios_table(panel)
    *ranked, market = table.rows
    terminal.figures(table.headings, [*ranked[:MOST_PORTFOLIOS], market])
    if left := ranked[MOST_PORTFOLIOS:]:
        terminal.says(f"{pluralize(len(left), 'more portfolio')} below these: see index.html of the panel.")


def failed_lines(panel: PanelSummary) -> list[str]:
    """Return the tickers that failed with their reasons, a line each."""
    reasons = [f"  {ticker}: {reason}" for ticker, reason in sorted(panel.failed.items())]
    left = len(reasons) - MOST_FAILED
    more = [f"  and {left} more, which the report names"] if left > 0 else []
    return ["Left out:", *reasons[:MOST_FAILED], *more] if reasons else []
