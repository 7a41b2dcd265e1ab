"""`index.html` of a panel: the verdict, the curves, the ranking, and a link to each ticker's own page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.reports.columns import BEST
from backtrader_walkforward.reports.formatting import axis_percent, count, number, origin_text, percent, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.fills_text import never_closed
from backtrader_walkforward.reports.pages.plot import Line, plot
from backtrader_walkforward.reports.panel.accounts import accounts_of
from backtrader_walkforward.reports.panel.heat_map import heat_map
from backtrader_walkforward.reports.panel.ranking_section import ranking_section
from backtrader_walkforward.reports.panel.sentences import (
    BENCHMARKS,
    bar_of,
    best_ticker_text,
    by_chance_text,
    notes_of,
    tickers_text,
    title_of,
)
from backtrader_walkforward.reports.panel.summary import PanelSummary, buy_and_hold_of, comparison_of, split_portfolios
from backtrader_walkforward.reports.panel.tables import (
    Label,
    books_table,
    costs_table,
    failed_table,
    portfolios_table,
)
from backtrader_walkforward.reports.panel.tickers_table import tickers_table
from backtrader_walkforward.reports.sections.significance import cases_and_level
from backtrader_walkforward.settings.variant_names import name_text, shares_in
from backtrader_walkforward.system.text import pluralize

MOST_NOTES = 4
"""Notes that every reader sees; `report.html` has these alone."""


def panel_page(panel: PanelSummary, links: Mapping[str, str], files: Iterable[str]) -> str:
    """Return the page, with the addresses of the tickers' pages, and the names of the files beside it."""
    comparison, accounts, days = comparison_of(panel), accounts_of(panel), buy_and_hold_of(panel).equity
    label, settings = label_on(accounts), panel.settings.result_settings()
    return html.page(
        "panel/page.html",
        libraries=[html.template_text("tables/sort.js")],
        styles=["tables/tables.css"],
        title=title_of(panel),
        dates=period_text(days),
        days=count(len(days) - 1),
        bar=bar_of(panel),
        origin=origin_text(tickers_text(panel), settings),
        verdict=html.verdict_html(panel.significance.verdict),
        warnings=html.warnings_html(panel.significance.warnings),
        notes=html.lines([html.explore_link(), notes(notes_of(panel))]),
        headline=html.definition_list(headline(panel, accounts)),
        curves=html.lines(curves(panel, comparison)),
        books=ranked_books(comparison, label) if comparison else "",
        portfolios=html.table_html(portfolios_table(panel, label)),
        benchmarks=BENCHMARKS if comparison else "",
        ranking=ranking_section(panel),
        heat=html.lines([html.element("p", by_chance_text(panel), kind="says"), heat_map(panel.by_year, links)]),
        best_ticker=html.lines(html.element("p", text, kind="says") for text in [best_ticker_text(panel)] if text),
        tickers=tickers_table(panel.tickers.assign(best=panel.tickers["best"].map(name_text)), links),
        failed=failed(panel),
        files=html.Html(", ".join(html.link(name, name) for name in files)),
        settings=html.settings_html("panel", settings),
    )


def notes(texts: Sequence[str]) -> html.Html:
    """Return the notes; those beyond the first few on demand only."""
    if len(texts) <= MOST_NOTES:
        return html.notes_html(texts)
    summary = html.element("summary", pluralize(len(texts) - MOST_NOTES, "more note"))
    return html.lines(
        [html.notes_html(texts[:MOST_NOTES]), html.element("details", summary, html.notes_html(texts[MOST_NOTES:]))]
    )


def label_on(accounts: Comparison) -> Label:
    """Return the label of a name in the tables: in words, that of the best account marked."""
    best = accounts.best.name if accounts.best_is_earned else None
    return lambda name: f"{name_text(name)} {BEST}" if name == best else name_text(name)


def headline(panel: PanelSummary, accounts: Comparison) -> dict[str, html.Html]:
    """Return the figures to see first, each with what to compare it with: those of the account of the verdict."""
    best, market = accounts.best, accounts.benchmark.metrics
    kind, other = best.kind.partition(",")[0].lower(), name_text(accounts.benchmark.name).lower()
    term = f"Return of the best of {len(accounts.ranked)} variants, the {kind} {name_text(best.name)}"
    pairs = {
        term: (percent(best.metrics.total_return), f"{other} {percent(market.total_return)}"),
        "Its Sharpe ratio": (number(best.metrics.sharpe), f"{other} {number(market.sharpe)}"),
        **never_closed(best),
        **mean_rank_ic(panel),
        "Luck alone does as well": cases_and_level(panel.significance),
    }
    return {term: html.with_reference(*pair) for term, pair in pairs.items()}


def mean_rank_ic(panel: PanelSummary) -> dict[str, tuple[str, str]]:
    """Return the mean rank IC with its t-ratio; nothing of a panel too small for one."""
    ranking = panel.ranking
    if ranking.mean_ic is None:
        return {}
    return {"Mean rank IC": (number(ranking.mean_ic, 3), f"t-ratio {number(ranking.t_ratio)}")}


def curves(panel: PanelSummary, comparison: Comparison | None) -> Iterator[html.Html]:
    """Yield the curves of the pure books and of the pure portfolios, each with its market."""
    if comparison:
        title = "Books: one account that holds many tickers, change since the start"
        yield plot(changes(comparison.ranked, comparison.benchmark), title, axis_percent)
    title = "Portfolios: a strategy on every ticker in equal parts, change since the start"
    yield plot(changes(*split_portfolios(panel)), title, axis_percent)


def changes(traded: Sequence[BacktestResult] | Sequence[Portfolio], market: BacktestResult | Portfolio) -> list[Line]:
    """Return the curves without hybrids as changes since the start, and that of the market."""
    pure = [Line.of_equity(one.name, one.equity) for one in traded if not shares_in(one.name)]
    return [*pure, Line.of_equity(market.name, market.equity, is_reference=True)]


def ranked_books(comparison: Comparison, label: Label) -> html.Html:
    """Return the ranking of the books, and what they traded and paid."""
    slots = {
        "books": html.element("div", html.table_html(books_table(comparison, label=label)), kind="books"),
        "costs": html.table_html(costs_table(comparison)),
    }
    return html.filled("panel/books.html", slots)


def failed(panel: PanelSummary) -> html.Html:
    """Return the tickers that were left out, and why."""
    if not panel.failed:
        return html.element("p", "Every ticker was studied.", kind="says")
    return html.element("div", html.table_html(failed_table(panel)), kind="wraps")
