"""The ranking as a table that sorts, with a box that shows a variant in the charts, and intervals on one scale."""

from collections.abc import Iterator, Mapping

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.columns import (
    BEATS,
    heading_of,
    hybrid_legend,
    marks_of,
    measures_of,
    ranking,
    ranking_metrics,
)
from backtrader_walkforward.reports.formatting import display_name
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.intervals import Scale, interval_glyph, scale_legend, scale_of
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.trading.variants import BENCHMARK as BUY_AND_HOLD

ORDER = "sharpe"
"""The metric that ranks."""


def ranking_html(comparison: Comparison, significance: Significance, sheets: Mapping[str, str]) -> html.Html:
    """Return the table, with the addresses of the tear sheets by variant; the benchmark is its last row."""
    scale = scale_of(comparison, significance)
    metrics = ranking_metrics(comparison.best)
    head = [html.Html('<th class="text" scope="col">Strategy</th>'), interval_heading(scale, comparison)]
    head += [metric_heading(key, metric) for key, metric in metrics.items()]
    head += [html.Html(f'<th scope="col">{html.heading_html(heading)}</th>') for heading in beats_headings(comparison)]
    head.append(html.Html('<th class="text" scope="col">Type</th>'))
    body = html.lines(rows_of(comparison, significance, scale, sheets))
    table = (
        '<table class="ranking sortable">\n'
        '<caption><span>Best Sharpe ratio first.<span class="scripted"> A click on a heading sorts, the interval by its'
        " lower end; a name shows its variant in the charts, and a box adds one to compare.</span>"
        f" {html.escaped(hybrid_legend(comparison))}"
        ' <b class="scripted" id="boxes-full" role="status"></b></span></caption>\n'
        f"<thead><tr>{''.join(head)}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    )
    return html.Html(f'<div class="scroll named" tabindex="0" role="region" aria-label="Ranking">\n{table}\n</div>')


def metric_heading(key: str, metric: Metric) -> html.Html:
    """Return the heading of a metric; that of the Sharpe ratio says that it ranks."""
    order = ' aria-sort="descending"' if key == ORDER else ""
    return html.Html(f'<th scope="col"{order}>{html.heading_html(heading_of(metric))}</th>')


def beats_headings(comparison: Comparison) -> list[str]:
    """Return the headings of `BEATS`, which speak of buy & hold, for the benchmark that the variants have."""
    is_hold = comparison.benchmark.name == BUY_AND_HOLD.name
    return [heading if is_hold else heading.replace("B&H", "the\nbenchmark") for heading in BEATS.values()]


def interval_heading(scale: Scale, comparison: Comparison) -> html.Html:
    """Return the heading of the intervals, with the marks of their scale."""
    legend = scale_legend(scale, display_name(comparison.benchmark.name))
    return html.Html(f'<th scope="col" class="glyph">Sharpe ratio, 95% interval<br>{legend}</th>')


def rows_of(
    comparison: Comparison, significance: Significance, scale: Scale, sheets: Mapping[str, str]
) -> Iterator[html.Html]:
    """Yield a row for each variant as ranked, and for the benchmark."""
    metrics = ranking_metrics(comparison.best)
    everything = [*ranking(comparison), measures_of(comparison.benchmark)]
    for result, measures in zip(comparison.results, everything, strict=True):
        interval = significance.variant(result.name).sharpe_interval
        badges = [html.element("span", mark, kind="badge") for mark in marks_of(comparison, result)]
        yield html.element(
            "tr",
            name_cell(result, sheets.get(result.name), badges, is_ranked=result is not comparison.benchmark),
            html.element("td", interval_glyph(interval, result.metrics.sharpe, scale), kind="glyph"),
            *(html.element("td", html.figure_cell(metric, measures[key]), kind=key) for key, metric in metrics.items()),
            *(html.element("td", html.yes_or_no(measures.get(key))) for key in BEATS),
            html.element("td", result.kind, kind="text"),
            kind=kind_of(result, comparison),
        )


def kind_of(result: BacktestResult, comparison: Comparison) -> str:
    """Return the class of a row."""
    if result is comparison.benchmark:
        return "benchmark"
    return "best" if result is comparison.best and not result.never_traded else "variant"


def name_cell(result: BacktestResult, sheet: str | None, badges: list[html.Html], is_ranked: bool) -> html.Html:
    """Return the name of a variant, which shows it in the charts, with its box and the link to its tear sheet."""
    label = display_name(result.name)
    if not is_ranked:
        return html.Html(f'<th class="text" scope="row">{html.escaped(label)} (benchmark)</th>')
    box = (
        f'<input class="scripted" type="checkbox" data-variant="{html.escaped(result.name)}"'
        f' aria-label="Show {html.escaped(label)} in the charts">'
    )
    chosen = f'<a href="#explore" data-detail="{html.escaped(result.name)}">{html.escaped(label)}</a>'
    drawn = f'<small class="sheet">{html.link("tear sheet", sheet)}</small>'
    named = html.element("span", html.Html(" ".join([chosen, *badges, *([drawn] if sheet else [])])))
    return html.Html(f'<th class="text" scope="row"><div class="pick">{box}{named}</div></th>')
