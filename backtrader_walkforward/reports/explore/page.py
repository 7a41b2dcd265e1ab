"""`report.html`: the verdict first, then the ranking, then the charts, which follow what the reader chooses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backtrader_walkforward.data.frequency import traded_bar
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.evaluation.metrics import NORMAL_95
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.charts import charts_of
from backtrader_walkforward.reports.explore.detail import says_html, tables_html
from backtrader_walkforward.reports.explore.embed import bokeh_script, data_block, models_json
from backtrader_walkforward.reports.explore.ranking import ranking_html
from backtrader_walkforward.reports.explore.timeline import timeline_of
from backtrader_walkforward.reports.explore.trades import trades_html, trades_table
from backtrader_walkforward.reports.formatting import display_name, length_of, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.index_page import headline_of
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.system.text import pluralize

SCRIPTS = (
    "tables/sort.js",
    "tables/of_variant.js",
    *(
        f"explore/{name}.js"
        for name in ("choice", "metrics", "charts", "curves", "window", "controls", "address", "touch")
    ),
)
"""Scripts of the page in their order, after Bokeh's and before the page's own."""

PLAIN_PAGE = html.Html(
    '<p class="says"><a href="index.html">The plain page</a> explains every figure, and has settings and files.</p>'
)
"""Where the reader finds the rest, below the charts."""

GUIDE = html.Html('. <a href="index.html#reading">How to read the words and figures</a>')
"""Link at the top of the page of a run to its glossary, on the plain page."""


@dataclass(frozen=True, kw_only=True)
class Top:
    """What stands above the charts."""

    title: str
    origin: str
    """Where prices and forecasts come from."""
    significance: Significance
    notes: Iterable[str] = ()
    headline: str = ""
    """Figures to see first, HTML."""
    says: str = ""
    """A sentence below them."""
    guide: str = ""
    """Where the words of the page are explained, HTML."""


def report_page(
    summary: RunSummary, sections: Sequence[Section], sheets: Mapping[str, str], *, is_saved: bool = True
) -> str:
    """Return the page of a run, with the addresses of the tear sheets by variant.

    `is_saved` tells whether the other files of the run lie beside the page.
    """
    comparison, prices = summary.comparison, summary.prices
    top = Top(
        title=f"{prices.ticker}: {pluralize(len(comparison.ranked), 'variant')} to explore",
        origin=summary.origin,
        significance=summary.significance,
        notes=summary.notes,
        headline=html.definition_list(headline_of(comparison, sections)),
        says=summary.forecast_summary.skill.verdict,
        guide=GUIDE if is_saved else "",
    )
    below = PLAIN_PAGE if is_saved else ""
    return explore_page(top, comparison, timeline_of(summary), charts_of(summary), sheets=sheets, below=below)


def explore_page(
    top: Top,
    comparison: Comparison,
    timeline: Mapping[str, Chart],
    charts: Mapping[str, Chart],
    *,
    sheets: Mapping[str, str] | None = None,
    below: str = PLAIN_PAGE,
) -> str:
    """Return the page of any accounts: of a run, a panel or a paper account.

    Parameters
    ----------
    top : Top
        What stands above the charts.
    comparison : Comparison
        The accounts, which the reader chooses from.
    timeline, charts : mapping of str to Chart
        The charts on the axis of time, `overview` among them, and those below it, by name.
    sheets : mapping of str to str, optional
        Addresses of the tear sheets by the name of the account.
    below
        What stands below them: where the figures are explained.
    """
    every = {**timeline, **charts}
    days, trades = comparison.benchmark.equity.index, trades_html(comparison)
    scripts = [*SCRIPTS, *([] if trades_table(comparison).empty else ["tables/trades.js"])]
    return html.page(
        "report.html",
        libraries=[bokeh_script(), *map(html.template_text, scripts)],
        styles=["tables/tables.css"],
        title=top.title,
        dates=period_text(comparison.benchmark.equity),
        length=length_of(comparison.benchmark),
        origin=top.origin,
        guide=html.Html(top.guide),
        verdict=html.verdict_html(top.significance.verdict),
        warnings=html.warnings_html(top.significance.warnings),
        notes=html.notes_html(top.notes),
        headline=html.Html(top.headline),
        says=html.element("p", top.says, kind="says") if top.says else "",
        contents=contents_html(timeline, charts, {"trades": "Closed trades"} if trades else {}),
        ranking=ranking_html(comparison, top.significance, sheets or {}),
        below=below,
        first=f"{days[0]:%Y-%m-%d}",
        last=f"{days[-1]:%Y-%m-%d}",
        overview=figure_html("overview", timeline["overview"]),
        charts=html.lines(block_html(name, chart) for name, chart in every.items() if name != "overview"),
        trades=trades,
        data=html.lines(
            [
                data_block("models", models_json({f"chart-{name}": chart.model for name, chart in every.items()})),
                data_block("run", facts_of(comparison)),
                data_block("dark", palette.DARK),
            ]
        ),
    )


def contents_html(timeline: Mapping[str, Chart], charts: Mapping[str, Chart], tables: Mapping[str, str]) -> html.Html:
    """Return links to what follows the window, tables among it by their names, and to what shows the whole test."""
    following = {name: chart.title for name, chart in timeline.items() if name != "overview"} | dict(tables)
    links = [
        html.Html(", ".join(html.link(title, f"#{name}") for name, title in titles.items()))
        for titles in (following, {name: chart.title for name, chart in charts.items()})
    ]
    whole = f" The other charts show the whole test: {links[1]}." if charts else ""
    return html.Html(f"The window applies to the table below, {links[0]}.{whole}")


def block_html(name: str, chart: Chart) -> html.Html:
    """Return a chart with heading, sentence and the tables behind it."""
    parts = [html.element("h2", chart.title), says_html(chart), figure_html(name, chart)]
    if chart.when_empty:
        parts.append(html.Html(f'<p class="note" id="empty-{name}" hidden>{html.escaped(chart.when_empty)}</p>'))
    parts.append(tables_html(chart))
    return html.Html(f'<section class="chart" id="{name}">\n{html.lines(parts)}\n</section>')


def figure_html(name: str, chart: Chart) -> html.Html:
    """Return the place of a picture, with the text for readers who do not see it."""
    return html.Html(
        f'<div class="picture" id="chart-{name}" role="figure" aria-label="{html.escaped(chart.description)}"></div>'
    )


def facts_of(comparison: Comparison) -> dict[str, object]:
    """Return what the page's script needs: the variants in their order, their trades, and how a year is counted."""
    hold = comparison.benchmark
    return {
        "cash_rate": hold.cash_rate,
        "bars_a_year": hold.bars_a_year,
        "bar": traded_bar(hold.bars_a_year),
        "normal_95": NORMAL_95,
        "variants": [
            {
                "name": result.name,
                "label": display_name(result.name),
                "counts_trades": result.metrics.trades is not None,
                "closed": [f"{day:%Y-%m-%d}" for day in result.trades.get("closed", ())],
                "profit": result.trades["profit"].tolist(),
            }
            for result in comparison.results
        ],
    }
