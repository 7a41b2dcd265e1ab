"""`index.html`: the verdict, the ranking, the chart and a link to every tear sheet."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.columns import (
    BEATS,
    BENCHMARK,
    heading_of,
    marks_of,
    measures_of,
    ranking,
    ranking_metrics,
)
from backtrader_walkforward.reports.formatting import display_name, number, percent, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section

SPARKLINE_WIDTH, SPARKLINE_HEIGHT = 96, 24


def index_page(
    summary: RunSummary,
    sections: Sequence[Section],
    chart: bytes,
    sheets: Mapping[str, str],
    files: Sequence[str],
    panel: str | None = None,
) -> str:
    """Return the page, with the addresses of the tear sheets by variant, and the names of the files beside the page.

    `panel` is the address of the page of the panel whose ticker this is.
    """
    comparison, significance = summary.comparison, summary.significance
    shown = [section for section in sections if section.is_shown]
    headings = [
        *map(heading_of, ranking_metrics(comparison.best).values()),
        *BEATS.values(),
        *(heading for section in sections for heading in section.columns),
        "Equity",
    ]
    return html.page(
        "index.html",
        title=f"{summary.prices.ticker}: {len(comparison.ranked)} variants, ranked",
        dates=period_text(comparison.benchmark.equity),
        days=len(comparison.benchmark.returns),
        source=summary.prices.source,
        verdict=html.verdict_html(significance.verdict),
        warnings=html.warnings_html(significance.warnings),
        notes=html.Html(_panel_note(panel) + html.notes_html(summary.prices.notes)),
        headline=html.definition_list(headline_of(comparison, sections)),
        above=html.lines(html.section_html(section) for section in shown if section.above_ranking),
        chart=b64encode(chart).decode(),
        head=html.Html("".join(html.element("th", html.heading_html(heading)) for heading in headings)),
        rows=html.lines(_rows(comparison, sections, sheets)),
        sections=html.lines(html.section_html(section) for section in shown if not section.above_ranking),
        variants=len(comparison.ranked),
        expected_best=number(significance.expected_best_sharpe),
        files=_files_item(files),
        settings=html.definition_list(dict(sorted(summary.settings.result_settings().items()))),
    )


def _panel_note(panel: str | None) -> str:
    """Return a link from the page of one ticker to the page of its panel."""
    if panel is None:
        return ""
    return (
        html.element("p", html.link("All tickers of the panel, and the answer for all of them", panel), kind="note")
        + "\n"
    )


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
    }
    for section in sections:
        pairs |= section.headline
    return {term: html.with_reference(*pair) for term, pair in pairs.items()}


def _rows(comparison: Comparison, sections: Iterable[Section], sheets: Mapping[str, str]) -> Iterator[html.Html]:
    """Yield the rows of the ranking: the columns of the sections before the curve, without rank what never traded."""
    further = [cells for section in sections for cells in section.columns.values()]
    metrics = ranking_metrics(comparison.best)
    everything = [*ranking(comparison), measures_of(comparison.benchmark)]
    for place, (result, measures) in enumerate(zip(comparison.results, everything, strict=True), start=1):
        is_variant, is_ranked = result is not comparison.benchmark, place <= len(comparison.traded)
        name = html.link(result.name, sheets.get(result.name)) if is_variant else html.escaped(BENCHMARK)
        badges = [html.element("span", mark, kind="badge") for mark in marks_of(comparison, result)]
        yield html.element(
            "tr",
            html.element("td", place if is_ranked else ""),
            html.element("td", html.Html(" ".join([name, *badges])), kind="text"),
            html.element("td", result.kind, kind="text"),
            *(html.element("td", html.figure_cell(metric, measures[key]), kind=key) for key, metric in metrics.items()),
            *(html.element("td", html.yes_or_no(measures.get(key))) for key in BEATS),
            *(html.element("td", html.Html(cells.get(result.name, ""))) for cells in further),
            html.element("td", sparkline(result.equity)),
            kind="benchmark" if not is_variant else "best" if is_ranked and place == 1 else "variant",
        )


def sparkline(equity: pd.Series) -> html.Html:
    """Return the curve as a picture of a line of text's height, from its own lowest to its own highest value."""
    values = equity.to_numpy(float)[:: max(1, len(equity) // SPARKLINE_WIDTH)]
    low, high = values.min(), values.max()
    scale = (SPARKLINE_HEIGHT - 2) / (high - low) if high > low else 0.0
    step = SPARKLINE_WIDTH / max(1, len(values) - 1)
    points = " ".join(f"{i * step:.1f},{1 + (high - value) * scale:.1f}" for i, value in enumerate(values))
    box = f"0 0 {SPARKLINE_WIDTH} {SPARKLINE_HEIGHT}"
    return html.Html(f'<svg viewBox="{box}" aria-hidden="true"><polyline points="{points}"/></svg>')
