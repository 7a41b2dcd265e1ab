"""A panel in a notebook: its verdict, its books and a chart."""

from base64 import b64encode
from itertools import cycle, repeat

from matplotlib.figure import Figure

from backtrader_walkforward.reports.drawing import style
from backtrader_walkforward.reports.drawing.chart import draw_changes
from backtrader_walkforward.reports.drawing.png import png_of
from backtrader_walkforward.reports.formatting import period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.panel.accounts import accounts_of
from backtrader_walkforward.reports.panel.page import label_on
from backtrader_walkforward.reports.panel.sentences import (
    BENCHMARKS,
    notes_of,
    tickers_text,
    title_of,
)
from backtrader_walkforward.reports.panel.summary import PanelSummary, buy_and_hold_of, comparison_of, split_portfolios
from backtrader_walkforward.reports.panel.tables import books_table, portfolios_table
from backtrader_walkforward.settings.variant_names import shares_in

COLOURS = (style.BEST, style.PARENT, style.SHORT, style.LONG)

WIDTH = 1.6
"""Width of the curves."""


def notebook(panel: PanelSummary) -> str:
    """Return the panel as HTML for a notebook."""
    label = label_on(accounts_of(panel))
    tables, benchmarks = [portfolios_table(panel, label)], []
    if comparison := comparison_of(panel):
        tables, benchmarks = [books_table(comparison, label=label), *tables], [BENCHMARKS]
    slots = {
        "title": f"{title_of(panel)}, {period_text(buy_and_hold_of(panel).equity)}",
        "verdict": html.verdict_html(panel.significance.verdict),
        "warnings": html.lines(html.element("li", text) for text in panel.significance.warnings),
        "chart": b64encode(png_of(panel_figure(panel))).decode(),
        "ranking": html.lines(map(html.table_html, tables)),
        "notes": html.notes_html([tickers_text(panel), *benchmarks, *notes_of(panel)]),
    }
    return html.filled("panel/notebook.html", slots)


def panel_figure(panel: PanelSummary) -> Figure:
    """Return the curves of the pure books and of their benchmark as a figure; without books those of the portfolios."""
    comparison = comparison_of(panel)
    traded, market = (comparison.ranked, comparison.benchmark) if comparison else split_portfolios(panel)
    pure = [one for one in traded if not shares_in(one.name)]
    with style.chart_style():
        figure = Figure(figsize=(10, 4.5))
        axes = figure.subplots()
        figure.subplots_adjust(left=0.07, right=0.8, top=0.78, bottom=0.09)
        figure.text(0.03, 0.93, title_of(panel), size=14, weight="bold")
        figure.text(0.03, 0.875, panel.significance.headline, size=11, weight="bold", color=style.BEST)
        axes.margins(x=0)
        draw_changes(axes, [(market, style.BENCHMARK, WIDTH), *zip(pure, cycle(COLOURS), repeat(WIDTH))])
        style.date_axis(axes)
    return figure
