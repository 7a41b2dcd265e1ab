"""Overview: the best variant and buy & hold over the whole test, with the window that all charts show."""

from bokeh.models import RangeTool
from bokeh.plotting import figure

from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.look import date_format, style
from backtrader_walkforward.reports.explore.timeline.axis import Axis


def chart(axis: Axis) -> Chart:
    """Return the chart: its shade is the window, which a pointer moves and draws."""
    plot = figure(
        name="overview",
        height=90,
        sizing_mode="stretch_width",
        x_axis_type="datetime",
        x_range=(axis.x_range.start, axis.x_range.end),
        toolbar_location=None,
        tools="",
        min_border_left=58,
    )
    axis.curves(plot, "equity")
    axis.fit(plot, "equity")
    window = RangeTool(x_range=axis.x_range, start_gesture="pan")
    window.overlay.fill_color, window.overlay.fill_alpha = palette.LONG, 0.14
    window.overlay.line_color = palette.LONG
    plot.add_tools(window)
    plot.xaxis.formatter = date_format()
    plot.yaxis.visible, plot.ygrid.visible = False, False
    style(plot)
    return Chart(
        title="Window",
        model=plot,
        description="The whole test as a strip, on which a window is drawn. The two dates above do the same.",
    )
