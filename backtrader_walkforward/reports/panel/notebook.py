"""A panel in a notebook: its verdict, its books and a chart."""

import io
from base64 import b64encode

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.reports.drawing import style
from backtrader_walkforward.reports.formatting import MINUS, axis_percent, display_name, percent, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.panel.accounts import accounts_of
from backtrader_walkforward.reports.panel.page import label_on
from backtrader_walkforward.reports.panel.sentences import (
    BENCHMARKS,
    as_shown,
    counts_text,
    notes_of,
    title_of,
)
from backtrader_walkforward.reports.panel.summary import PanelSummary, buy_and_hold_of, comparison_of, split_portfolios
from backtrader_walkforward.reports.panel.tables import books_table, portfolios_table
from backtrader_walkforward.settings.variant_names import shares_in

COLOURS = (style.BEST, style.PARENT, style.SHORT, style.LONG)


def notebook(panel: PanelSummary) -> str:
    """Return the panel as HTML for a notebook."""
    label = label_on(accounts_of(panel))
    tables, benchmarks = [portfolios_table(panel, label)], []
    if comparison := comparison_of(panel):
        tables, benchmarks = [books_table(comparison, label=label), *tables], [as_shown(BENCHMARKS, panel)]
    slots = {
        "title": f"{title_of(panel)}, {period_text(buy_and_hold_of(panel).equity)}",
        "verdict": html.verdict_html(as_shown(panel.significance.verdict, panel)),
        "warnings": html.lines(html.element("li", as_shown(text, panel)) for text in panel.significance.warnings),
        "chart": b64encode(draw_panel(panel)).decode(),
        "ranking": html.lines(map(html.table_html, tables)),
        "notes": html.notes_html([counts_text(panel), *benchmarks, *notes_of(panel)]),
    }
    return html.filled("panel/notebook.html", slots)


def draw_panel(panel: PanelSummary) -> bytes:
    """Return the chart of a panel as a PNG; the same panel gives the same bytes."""
    content = io.BytesIO()
    with style.chart_style():
        panel_figure(panel).savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def panel_figure(panel: PanelSummary) -> Figure:
    """Return the curves of the pure books and of their benchmark as a figure; without books those of the portfolios."""
    comparison = comparison_of(panel)
    traded, market = (comparison.ranked, comparison.benchmark) if comparison else split_portfolios(panel)
    pure = [one for one in traded if not shares_in(one.name)]
    with style.chart_style():
        figure = Figure(figsize=(10, 4.5))
        axes = figure.subplots()
        figure.subplots_adjust(left=0.07, right=0.8, top=0.83, bottom=0.09)
        figure.text(0.03, 0.93, title_of(panel), size=14, weight="bold")
        figure.text(0.03, 0.875, panel.significance.headline, size=11, weight="bold", color=style.BEST)
        labels = [draw_curve(axes, market, style.BENCHMARK)]
        labels += [draw_curve(axes, one, COLOURS[place % len(COLOURS)]) for place, one in enumerate(pure)]
        axes.axhline(0, color=style.INK, linewidth=0.8, zorder=1)
        axes.yaxis.set_major_formatter(axis_percent)
        axes.margins(x=0)
        style.date_axis(axes)
        style.label_ends(axes, labels)
    return figure


def draw_curve(axes: Axes, traded: BacktestResult | Portfolio, colour: str) -> tuple[float, str, str]:
    """Draw the change of a curve since its start; return the label of its end."""
    change = traded.equity / traded.equity.iloc[0] - 1
    axes.plot(change.index, change.to_numpy(), color=colour, linewidth=1.6)
    text = f"{display_name(traded.name)}\n{percent(change.iloc[-1], 1)}".replace("-", MINUS)
    return float(change.iloc[-1]), text, colour
