"""Figures that stand on their own, each on axes of its own, in the look of the page."""

from typing import Any

from bokeh.models import GlyphRenderer, HoverTool, Legend, NumeralTickFormatter, Span
from bokeh.plotting import figure

from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.look import PERCENT, date_format, style
from backtrader_walkforward.reports.explore.tooltips import tooltip


def plain_figure(name: str, *, height: int, **options: Any) -> figure:
    """Return an empty figure as wide as the page lets it be; it neither zooms nor moves."""
    plot = figure(
        name=name,
        height=height,
        sizing_mode="stretch_width",
        toolbar_location=None,
        tools=[],
        **options,
    )
    style(plot)
    plot.axis.axis_label_text_color = palette.MUTED
    plot.axis.axis_label_text_font_style = "normal"
    plot.axis.axis_label_text_font_size = "12px"
    return plot


def percent_axis(axis: Any, form: str = PERCENT, ticks: int = 5) -> None:
    """Write the numbers of an axis in percent."""
    axis.formatter = NumeralTickFormatter(format=form)
    axis.ticker.desired_num_ticks = ticks


def date_axis(plot: figure) -> None:
    """Write the dates of the axis below a figure, with as little room beside its bars as on the axis of time."""
    plot.x_range.range_padding = 0.02
    plot.xaxis.formatter = date_format()
    plot.xaxis.ticker.desired_num_ticks = 4


def legend_above(plot: figure) -> None:
    """Move the legend out of the picture, above it."""
    plot.add_layout(legend_style(plot.legend[0]), "above")


def legend_style(legend: Legend) -> Legend:
    """Return the legend in one row, without a box."""
    legend.orientation, legend.location = "horizontal", "top_left"
    legend.padding, legend.margin, legend.spacing = 0, 0, 14
    legend.border_line_color = legend.background_fill_color = None
    legend.label_text_color, legend.label_text_font_size = palette.MUTED, "12px"
    return legend


def zero_line(plot: figure, dimension: str = "width") -> None:
    """Draw a line at 0."""
    plot.add_layout(Span(location=0, dimension=dimension, line_color=palette.MUTED, line_width=1))


def hover(plot: figure, renderer: GlyphRenderer, lines: list[tuple[str, str]], **formats: str) -> None:
    """Show lines about what is under the pointer; `formats` are the formatters of columns by their names."""
    formatters = {f"@{name}": form for name, form in formats.items()}
    plot.add_tools(HoverTool(renderers=[renderer], tooltips=tooltip(lines), formatters=formatters))
