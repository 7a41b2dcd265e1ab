"""The look of all figures of the page, and the one way in which their axes write dates."""

from bokeh.models import DatetimeTickFormatter, Title
from bokeh.plotting import figure

from backtrader_walkforward.reports.explore import palette

PERCENT, SIGNED_PERCENT, NUMBER = "0.[000]%", "+0.[000]%", "0,0.[000000]"
"""Forms of the numbers of an axis, with as many digits as they need: no two marks of an axis read the same."""

MONEY = "in the currency of the prices"
"""Unit of prices, equities and profits: a file of prices does not say more."""


def unit_title(text: str) -> Title:
    """Return the unit of an axis, to stand above it."""
    return Title(text=text, text_color=palette.MUTED, text_font_size="12px", text_font_style="normal")


def date_format() -> DatetimeTickFormatter:
    """Return the one way in which all axes write dates."""
    return DatetimeTickFormatter(days="%Y-%m-%d", months="%Y-%m", years="%Y")


def style(plot: figure) -> None:
    """Give a chart the look of the page: few lines, quiet colours, and the page as its background."""
    plot.background_fill_color = plot.border_fill_color = None  # fills of both schemes would mix at the edges
    plot.outline_line_color = plot.border_line_color = None
    plot.grid.grid_line_color = palette.GRID
    plot.xgrid.grid_line_color = None
    plot.axis.axis_line_color = plot.axis.major_tick_line_color = palette.GRID
    plot.axis.minor_tick_line_color = None
    plot.axis.major_label_text_color = palette.MUTED
    plot.axis.major_label_text_font_size = "12px"
