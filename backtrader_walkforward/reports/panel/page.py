"""`index.html` of a panel: the verdict, the curves, the ranking, and a link to each ticker's own page."""

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.formatting import (
    axis_percent,
    count,
    display_name,
    number,
    percent,
    period_text,
)
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.panel.heat_map import heat_map
from backtrader_walkforward.reports.panel.plot import Line, plot
from backtrader_walkforward.reports.panel.sentences import (
    GROUPS,
    bar_of,
    best_ticker_text,
    by_chance_text,
    counts_text,
    ranking_text,
    spread_text,
    title_of,
)
from backtrader_walkforward.reports.panel.summary import PanelSummary, comparison_of, split_portfolios
from backtrader_walkforward.reports.panel.tables import (
    BASIS_POINTS,
    basis_points,
    books_table,
    costs_table,
    failed_table,
    portfolios_table,
    years_table,
)
from backtrader_walkforward.reports.panel.tickers_table import tickers_table
from backtrader_walkforward.reports.sections.significance import cases_and_level

FEWEST_MEANS = 4
"""Windows that a rolling mean needs in all the days; of fewer days the windows are shorter."""


def panel_page(panel: PanelSummary, links: Mapping[str, str], files: Iterable[str]) -> str:
    """Return the page, with the addresses of the tickers' pages, and the names of the files beside it."""
    comparison = comparison_of(panel)
    warnings = html.lines(html.element("li", warning) for warning in panel.significance.warnings)
    return html.page(
        "panel.html",
        title=title_of(panel),
        dates=period_text(comparison.benchmark.equity),
        days=count(len(comparison.benchmark.returns)),
        bar=bar_of(panel),
        counts=counts_text(panel),
        verdict=html.verdict_html(panel.significance.verdict),
        warnings=html.element("ul", "\n", warnings, "\n", kind="warnings") if warnings else "",
        notes=html.notes_html(panel.notes),
        headline=html.definition_list(headline(panel, comparison)),
        curves=html.lines(curves(panel, comparison)),
        books=html.element("div", html.table_html(books_table(comparison)), kind="books"),
        costs=html.table_html(costs_table(comparison)),
        portfolios=html.table_html(portfolios_table(panel)),
        ranking=html.lines(ranking_parts(panel)),
        heat=html.Html(html.element("p", by_chance_text(panel), kind="says") + heat_map(panel.by_year, links)),
        tickers=tickers_table(panel.tickers, links),
        failed=failed(panel),
        files=html.Html(", ".join(html.link(name, name) for name in files)),
        settings=html.definition_list(dict(sorted(panel.settings.result_settings().items()))),
    )


def headline(panel: PanelSummary, comparison: Comparison) -> dict[str, html.Html]:
    """Return the figures to see first, each with what to compare it with."""
    best, market, ranking = comparison.best.metrics, comparison.benchmark.metrics, panel.ranking
    name = display_name(comparison.benchmark.name).lower()
    pairs = {
        f"Return of {display_name(comparison.best.name)}": (
            percent(best.total_return),
            f"{name} {percent(market.total_return)}",
        ),
        "Its Sharpe ratio": (number(best.sharpe), f"{name} {number(market.sharpe)}"),
        "Mean rank IC": (number(ranking.mean_ic, 3), f"t-ratio {number(ranking.t_ratio)}"),
        "Highest less lowest forecasts": (f"{basis_points(ranking.spread)} bp", f"a {bar_of(panel)}, before costs"),
        "Luck alone does as well": cases_and_level(panel.significance.skill),
    }
    return {term: html.with_reference(*pair) for term, pair in pairs.items()}


def curves(panel: PanelSummary, comparison: Comparison) -> Iterator[html.Html]:
    """Yield the curves of the pure books and of the pure portfolios, each with its market."""
    pure = [result for result in comparison.ranked if "_hybrid_" not in result.name]
    yield plot(
        [change(one.name, one.equity) for one in pure]
        + [change(comparison.benchmark.name, comparison.benchmark.equity, is_reference=True)],
        "Books: one account that holds many tickers, change since the start",
        axis_percent,
    )
    strategies, market = split_portfolios(panel)
    yield plot(
        [change(one.name, one.equity) for one in strategies if "_hybrid_" not in one.name]
        + [change(market.name, market.equity, is_reference=True)],
        "Portfolios: a strategy on every ticker in equal parts, change since the start",
        axis_percent,
    )


def change(name: str, equity: pd.Series, is_reference: bool = False) -> Line:
    """Return a curve as the change since its start."""
    curve = equity / equity.iloc[0] - 1
    return Line(name=display_name(name), curve=curve, last=percent(curve.iloc[-1], 1), is_reference=is_reference)


def ranking_parts(panel: PanelSummary) -> Iterator[html.Html]:
    """Yield what the page says of the ranking: sentences, the rank IC over time, the fifths, and the years."""
    texts = [
        ranking_text(panel),
        spread_text(panel) if panel.ranking.spread is not None else "",
        best_ticker_text(panel),
    ]
    yield from (html.element("p", text, kind="says") for text in texts if text)
    yield html.element("div", rolling_ic(panel), fifths(panel), kind="curve-pair")
    if len(panel.ranking.by_year):
        yield html.table_html(years_table(panel))


def rolling_ic(panel: PanelSummary) -> html.Html:
    """Return the rolling mean of the rank IC over the band that holds 95 of 100 such averages without skill."""
    ic, per_year, bar = panel.ranking.ic, panel.books[-1].bars_a_year, bar_of(panel)
    window = max(2, min(per_year, len(ic) // FEWEST_MEANS))
    rolling = ic.rolling(window).mean().dropna()
    if rolling.empty:
        return html.Html()
    error = (panel.ranking.standard_error or 0.0) * (len(ic) / window) ** 0.5
    words = f"Rank IC, average of {window} {bar}s. Shaded: 95 of 100 such averages without skill"
    line = Line(name="Latest", curve=rolling, last=number(rolling.iloc[-1], 3))
    return plot([line], words, lambda value: f"{round(value, 9):g}", (-1.96 * error, 1.96 * error))


def fifths(panel: PanelSummary) -> html.Html:
    """Return the mean return of each fifth as bars with their figures, the lowest forecasts first."""
    returns = panel.ranking.fifths
    known = returns.dropna()
    if known.empty:
        return html.Html()
    group, largest = GROUPS.get(len(returns), "group"), float(known.abs().max()) or 1.0
    places = {returns.index[0]: f"Lowest {group}", returns.index[-1]: f"Highest {group}"}
    rows = (bar_row(places.get(place, str(place)), float(value), largest) for place, value in returns.items())
    words = f"Mean return of the tickers by forecast, basis points a {bar_of(panel)}, before costs"
    return html.lines(
        [
            '<figure class="plot bars">',
            html.element("figcaption", words),
            html.element("table", html.element("tbody", html.lines(rows))),
            "</figure>",
        ]
    )


def bar_row(label: str, value: float, largest: float) -> html.Html:
    """Return a mean return as a bar to the right of the middle, or to the left where it is negative, and a figure."""
    known = 0.0 if value != value else value
    width = abs(known) / largest * 50
    left, side = (50.0, "up") if known >= 0 else (50 - width, "down")
    svg = (
        f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="{side}" x="{left:.2f}"'
        f' width="{width:.2f}" height="10"/><line x1="50" x2="50" y2="10"/></svg>'
    )
    figure = html.Html(f'<data value="{known * BASIS_POINTS!r}">{basis_points(value)}</data>')
    return html.element("tr", html.element("th", label), html.element("td", html.Html(svg)), html.element("td", figure))


def failed(panel: PanelSummary) -> html.Html:
    """Return the tickers that were left out, and why."""
    if not panel.failed:
        return html.element("p", "Every ticker was studied.", kind="says")
    return html.element("div", html.table_html(failed_table(panel)), kind="wraps")
