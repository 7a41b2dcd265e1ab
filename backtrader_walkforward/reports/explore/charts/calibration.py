"""Calibration: what was forecast against what followed, by fifths of the days."""

from math import hypot

import pandas as pd
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import calibrate
from backtrader_walkforward.evaluation.metrics import NORMAL_95
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.figures import (
    hover,
    legend_above,
    percent_axis,
    plain_figure,
    zero_line,
)
from backtrader_walkforward.reports.explore.look import PERCENT
from backtrader_walkforward.reports.formatting import count, percent, span_of
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Table

PLACE = 10


def chart(summary: RunSummary) -> Chart | None:
    """Return the chart; None where the forecasts do not differ."""
    returns = next_return(summary.prices.frame, summary.forecast_summary.target)
    fifths = calibrate(summary.forecasts, returns)
    if len(fifths) < 2:
        return None
    bar = name_of_bar(summary.forecast_summary.bars_a_year)
    return Chart(
        title="What was forecast, and what followed",
        model=draw(fifths, bar),
        says=calibration_text(fifths, span_of(summary.forecast_summary.target, summary.prices.fill_price), bar),
        description="Dots: mean return that followed, by fifths of the forecast, each with its 95% interval.",
        table=fifths_table(fifths, bar),
    )


def draw(fifths: pd.DataFrame, bar: str) -> figure:
    """Draw each fifth as a dot with the 95 % interval of its mean, and the line of a perfect forecast."""
    reach = fifths["standard_error"].fillna(0.0) * NORMAL_95
    known = fifths.assign(low=fifths["actual"] - reach, high=fifths["actual"] + reach)
    plot = plain_figure(
        "calibration", height=320, x_axis_label="mean forecast of a fifth", y_axis_label="mean return that followed"
    )
    percent_axis(plot.xaxis, ticks=4)
    percent_axis(plot.yaxis)
    zero_line(plot)
    ends = fifths["predicted"].iloc[[0, -1]].tolist()
    plot.line(ends, ends, line_color=palette.MUTED, line_dash="dashed", line_width=1.6, legend_label="perfect forecast")
    source = ColumnDataSource(dict(known.reset_index()))
    colour = palette.CURVES[0]
    plot.segment("predicted", "low", "predicted", "high", source=source, line_color=colour, line_width=2)
    dots = plot.scatter(
        "predicted",
        "actual",
        source=source,
        size=10,
        fill_color=colour,
        line_color=colour,
        legend_label="this forecast",
    )
    lines = [("Forecast", "predicted"), ("Followed", "actual"), ("95% from", "low"), ("to", "high")]
    tips = [(label, f"@{name}{{{PERCENT}}}") for label, name in lines]
    hover(plot, dots, [("Fifth", "@group"), (f"{bar.capitalize()}s", "@days"), *tips])
    legend_above(plot)
    return plot


def calibration_text(fifths: pd.DataFrame, span: str, bar: str = "day") -> str:
    """Return what the picture shows: how far the days with the highest and the lowest forecasts lie apart.

    `span` says from when to when a return is measured, `bar` what a bar is called.
    """
    lowest, highest = fifths.iloc[0], fifths.iloc[-1]
    gap = highest["actual"] - lowest["actual"]
    error = hypot(highest["standard_error"], lowest["standard_error"])
    asked = highest["predicted"] - lowest["predicted"]
    doubt = (
        "within what chance gives" if not abs(gap) > NORMAL_95 * error else "more than chance gives in 95 of 100 cases"
    )
    return (
        f"The {bar}s are sorted by their forecast and cut into {len(fifths)} groups. After the highest forecasts the"
        f" mean return {span} was {percent(highest['actual'], 3)}, after the lowest {percent(lowest['actual'], 3)}: a"
        f" difference of {percent(gap, 3)}, where {percent(asked, 3)} was forecast. The standard error of this"
        f" difference is {percent(error, 3)}, so it is {doubt}. The bars are 95% intervals. A forecast that knows"
        " something has dots that rise along the dashed line; bars that reach it say only that it cannot be ruled out."
    )


def fifths_table(fifths: pd.DataFrame, bar: str) -> Table:
    """Return a row for each fifth."""
    columns = ["predicted", "actual", "standard_error"]
    rows = [
        [str(group), count(row["days"]), *(percent(row[name], 3) for name in columns)]
        for group, row in fifths.iterrows()
    ]
    headings = ["Fifth", f"{bar.capitalize()}s", "Mean\nforecast", "Mean return\nthat followed", "Standard\nerror"]
    return Table(headings=headings, rows=rows, title="The fifths in figures")
