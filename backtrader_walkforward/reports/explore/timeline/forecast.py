"""Forecast of each day against the return that followed."""

from bokeh.models import Span

from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.look import PERCENT
from backtrader_walkforward.reports.explore.timeline.axis import Axis
from backtrader_walkforward.reports.explore.timeline.folds import draw_folds
from backtrader_walkforward.reports.formatting import span_of
from backtrader_walkforward.reports.run_summary import RunSummary


def chart(summary: RunSummary, axis: Axis) -> Chart:
    """Return the chart."""
    plot = axis.plot("forecast", height=220, form=PERCENT)
    draw_folds(plot, summary)
    plot.scatter(
        "date", "realised", source=axis.source, name="realised", size=4, fill_color=palette.BENCHMARK, line_color=None
    )
    plot.add_layout(Span(location=0, dimension="width", line_color=palette.MUTED))
    line = plot.line("date", "forecast", source=axis.source, name="forecast", line_color=palette.LONG, line_width=2)
    shown = [("Forecast", "@forecast{0.000%}"), ("What followed", "@followed")]
    axis.tooltips(plot, line, shown, name="forecast:hover")
    axis.fit_columns(plot, "forecast", "realised")
    span = span_of(summary.forecast_summary.target, summary.prices.fill_price)
    return Chart(
        title="Forecast and what followed",
        model=plot,
        says=f"Line: the return that was forecast at each close. Dots: the return that followed, {span}. One fit, on"
        " the days before it, forecasts each fold. A line near 0 among wide dots is an honest picture: what can be"
        " forecast of one day is small.",
        description="The forecast of each day as a line, and the return that followed as a dot.",
    )
