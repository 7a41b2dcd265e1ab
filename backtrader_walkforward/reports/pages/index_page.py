"""`index.html`: the verdict, the ranking, the curves and a link to every tear sheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.columns import (
    BEATS,
    BENCHMARK,
    heading_of,
    hybrid_legend,
    marks_of,
    measures_of,
    ranking,
    ranking_metrics,
)
from backtrader_walkforward.reports.formatting import display_name, length_of, number, percent, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.fills_text import never_closed
from backtrader_walkforward.reports.pages.plot import evenly
from backtrader_walkforward.reports.pages.run_plots import run_plots
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.system.text import pluralize

BEST_TERM = (
    " <b>*BEST*</b>: the highest Sharpe ratio, if it is above 0, and the variant has closed a trade and has 1% of its"
    " active account at work."
)
"""What the mark of the best variant means, of a page that has it."""

SPARKLINE_WIDTH, SPARKLINE_HEIGHT = 96, 24


def index_page(
    summary: RunSummary,
    sections: Sequence[Section],
    sheets: Mapping[str, str],
    files: Sequence[str],
    panel: str | None = None,
) -> str:
    """Return the page, with the addresses of the tear sheets by variant, and the names of the files beside the page.

    `panel` is the address of the page of the panel whose ticker this is.
    """
    comparison, significance = summary.comparison, summary.significance
    settings = summary.settings.result_settings()
    shown = [section for section in sections if section.is_shown]
    headings = [
        *map(heading_of, ranking_metrics(comparison.best).values()),
        *BEATS.values(),
        *(heading for section in sections for heading in section.columns),
        "Equity",
    ]
    return html.page(
        "index.html",
        title=f"{summary.prices.ticker}: {pluralize(len(comparison.ranked), 'variant')}, ranked",
        dates=period_text(comparison.benchmark.equity),
        length=length_of(comparison.benchmark),
        origin=summary.origin,
        verdict=html.verdict_html(significance.verdict),
        warnings=html.warnings_html(significance.warnings),
        notes=html.lines([_note_above(panel), html.notes_html(summary.notes)]),
        headline=html.definition_list(headline_of(comparison, sections)),
        above=html.lines(html.section_html(section) for section in shown if section.above_ranking),
        plots=run_plots(comparison),
        head=html.Html("".join(html.element("th", html.heading_html(heading)) for heading in headings)),
        rows=html.lines(_rows(comparison, sections, sheets)),
        legend=hybrid_legend(comparison),
        sections=html.lines(html.section_html(section) for section in shown if not section.above_ranking),
        variants=len(comparison.ranked),
        best=html.Html(BEST_TERM if comparison.best_is_earned else ""),
        expected_best=number(significance.expected_best_sharpe),
        files=_files_item(files),
        settings=html.settings_html("run", settings),
    )


def _note_above(panel: str | None) -> html.Html:
    """Return a link to the charts of the run, or from the page of one ticker to the page of its panel."""
    if panel is None:
        return html.explore_link()
    words = "All tickers of the panel, and the answer for all of them"
    return html.element("p", html.link(words, panel), kind="note")


def _files_item(files: Iterable[str]) -> html.Html:
    """Return where the figures are in full precision; nothing where no file is beside the page."""
    links = html.Html(", ".join(html.link(name, name) for name in files))
    words = "Every figure is in full precision in the files beside this page: "
    return html.element("li", words, links, ".") if links else html.Html()


def headline_of(comparison: Comparison, sections: Iterable[Section]) -> dict[str, html.Html]:
    """Return the figures to see first, each with what to compare it with."""
    best, hold = comparison.best.metrics, comparison.benchmark.metrics
    pairs = {
        f"Return of {display_name(comparison.best.name)}": (
            percent(best.total_return),
            f"buy & hold {percent(hold.total_return)}",
        ),
        "Its Sharpe ratio": (number(best.sharpe), f"buy & hold {number(hold.sharpe)}"),
        **never_closed(comparison.best),
    }
    for section in sections:
        pairs |= section.headline
    return {term: html.with_reference(*pair) for term, pair in pairs.items()}


def _rows(comparison: Comparison, sections: Iterable[Section], sheets: Mapping[str, str]) -> Iterator[html.Html]:
    """Yield the rows of the ranking: the columns of the sections before the curve, without rank what never traded."""
    further = [cells for section in sections for cells in section.columns.values()]
    metrics = ranking_metrics(comparison.best)
    span = span_of([result.equity / result.equity.iloc[0] for result in comparison.results])
    everything = [*ranking(comparison), measures_of(comparison.benchmark)]
    for place, (result, measures) in enumerate(zip(comparison.results, everything, strict=True), start=1):
        is_variant, is_ranked = result is not comparison.benchmark, place <= len(comparison.traded)
        name = html.link(name_text(result.name), sheets.get(result.name)) if is_variant else html.escaped(BENCHMARK)
        badges = [html.element("span", mark, kind="badge") for mark in marks_of(comparison, result)]
        yield html.element(
            "tr",
            html.element("td", place if is_ranked else ""),
            html.element("td", html.Html(" ".join([name, *badges])), kind="text"),
            html.element("td", result.kind, kind="text"),
            *(html.element("td", html.figure_cell(metric, measures[key]), kind=key) for key, metric in metrics.items()),
            *(html.element("td", html.yes_or_no(measures.get(key))) for key in BEATS),
            *(html.element("td", html.Html(cells.get(result.name, ""))) for cells in further),
            html.element("td", sparkline(result.equity / result.equity.iloc[0], span)),
            kind="benchmark" if not is_variant else "best" if is_ranked and place == 1 else "variant",
        )


def span_of(curves: Iterable[pd.Series]) -> tuple[float, float]:
    """Return the lowest and the highest value of all curves."""
    values = [value for curve in curves for value in (float(curve.min()), float(curve.max()))]
    return min(values), max(values)


def sparkline(growth: pd.Series, span: tuple[float, float]) -> html.Html:
    """Return the growth of an account as a picture of a line of text's height, on a scale that all accounts share.

    A thin line marks 1, where each starts.
    """
    values, (low, high) = growth.to_numpy(float)[evenly(len(growth), SPARKLINE_WIDTH)], span
    scale = (SPARKLINE_HEIGHT - 2) / (high - low) if high > low else 0.0
    step = SPARKLINE_WIDTH / max(1, len(values) - 1)
    points = " ".join(f"{i * step:.1f},{1 + (high - value) * scale:.1f}" for i, value in enumerate(values))
    box, start = f"0 0 {SPARKLINE_WIDTH} {SPARKLINE_HEIGHT}", 1 + (high - 1) * scale
    zero = f'<line class="zero" x2="{SPARKLINE_WIDTH}" y1="{start:.1f}" y2="{start:.1f}"/>'
    return html.Html(f'<svg viewBox="{box}" aria-hidden="true">{zero}<polyline points="{points}"/></svg>')
