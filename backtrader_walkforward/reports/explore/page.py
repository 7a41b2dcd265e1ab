"""`report.html`: the verdict first, then the ranking, then the charts, which follow what the reader chooses."""

from collections.abc import Mapping, Sequence

from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.charts import charts_of
from backtrader_walkforward.reports.explore.embed import bokeh_script, data_block, models_json
from backtrader_walkforward.reports.explore.timeline import timeline_of
from backtrader_walkforward.reports.formatting import display_name, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.index_page import headline_of
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section


def report_page(summary: RunSummary, sections: Sequence[Section], sheets: Mapping[str, str]) -> str:
    """Return the page, with the addresses of the tear sheets by variant."""
    comparison, significance = summary.comparison, summary.significance
    timeline, charts = timeline_of(summary), charts_of(summary)
    overview = timeline.pop("overview")
    days = comparison.benchmark.equity.index
    models = {f"chart-{name}": chart.model for name, chart in ({"overview": overview} | timeline | charts).items()}
    return html.page(
        "report.html",
        libraries=[bokeh_script()],
        title=f"{summary.prices.ticker}: {len(comparison.ranked)} variants to explore",
        dates=period_text(comparison.benchmark.equity),
        days=len(comparison.benchmark.returns),
        source=summary.prices.source,
        verdict=html.verdict_html(significance.verdict),
        warnings=html.warnings_html(significance.warnings),
        notes=html.notes_html(summary.prices.notes),
        headline=html.definition_list(headline_of(comparison, sections)),
        first=f"{days[0]:%Y-%m-%d}",
        last=f"{days[-1]:%Y-%m-%d}",
        overview=figure_html("overview", overview),
        timeline=html.lines(block_html(name, chart) for name, chart in timeline.items()),
        charts=html.lines(block_html(name, chart) for name, chart in charts.items()),
        data=html.lines(
            [
                data_block("models", models_json(models)),
                data_block("run", facts_of(summary)),
                data_block("dark", palette.DARK),
            ]
        ),
    )


def block_html(name: str, chart: Chart) -> html.Html:
    """Return a chart with heading, sentence and the table behind it."""
    parts = [html.element("h2", chart.title), html.element("p", chart.says, kind="says"), figure_html(name, chart)]
    if chart.table is not None:
        parts.append(html.table_html(chart.table))
    return html.Html(f'<section class="chart" id="{name}">\n{html.lines(parts)}\n</section>')


def figure_html(name: str, chart: Chart) -> html.Html:
    """Return the place of a picture, with the text for who does not see it."""
    return html.Html(
        f'<div class="picture" id="chart-{name}" role="img" aria-label="{html.escaped(chart.description)}"></div>'
    )


def facts_of(summary: RunSummary) -> dict[str, object]:
    """Return what the page's script needs: the variants in their order, their trades, and how a year is counted."""
    hold = summary.comparison.benchmark
    return {
        "cash_rate": hold.cash_rate,
        "bars_a_year": hold.bars_a_year,
        "variants": [
            {
                "name": result.name,
                "label": display_name(result.name),
                "accounts": list(map(str, result.accounts)),
                "closed": [f"{day:%Y-%m-%d}" for day in result.trades.get("closed", ())],
                "profit": result.trades["profit"].tolist(),
            }
            for result in summary.comparison.results
        ],
    }
