"""Position of the variant in detail: exposure as an area, target weight as steps."""

from bokeh.models import Span
from bokeh.plotting import figure

from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.look import PERCENT
from backtrader_walkforward.reports.explore.timeline.axis import Axis
from backtrader_walkforward.reports.formatting import display_name, percent
from backtrader_walkforward.reports.section import Table


def chart(axis: Axis) -> Chart:
    """Return the chart."""
    return Chart(
        title="Position",
        model=draw(axis),
        says="Blue: the value of the position as a share of the equity, below 0 for a short one. Line: the target"
        " weight of the active account, decided at each close. The order fills at the next open, or at that close"
        " where the run says so.",
        when_empty="There is no position to draw.",
        description="Exposure and target weight of the variant in detail, by day.",
        table=mean_exposures(axis),
    )


def draw(axis: Axis) -> figure:
    """Draw exposure and, of an account that has one, the target weight."""
    plot, detail = axis.plot("position", height=200, form=PERCENT), axis.detail
    exposure, weight = (f"{measure}_{detail.place}" for measure in ("exposure", "weight"))
    area = {"name": f"area:{detail.name}", "step_mode": "after", "fill_color": palette.LONG, "fill_alpha": 0.3}
    plot.varea_step("date", 0, exposure, source=axis.source, **area)
    plot.add_layout(Span(location=0, dimension="width", line_color=palette.MUTED))
    line = {"source": axis.source, "mode": "after"}
    curve = plot.step("date", exposure, name=f"exposure:{detail.name}", line_color=palette.LONG, **line)
    shown = [("Exposure", f"@{exposure}{{0.00%}}")]
    if weight in axis.source.data:
        curve = plot.step("date", weight, name=f"weight:{detail.name}", line_color=palette.INK, **line)
        shown.append(("Target weight", f"@{weight}{{0.00%}}"))
    axis.fit(plot, "exposure")
    axis.tooltips(plot, curve, shown, name="position:hover")
    return plot


def mean_exposures(axis: Axis) -> Table:
    """Return the mean exposures of every variant, without and with the sign of short positions."""
    rows = [
        [display_name(result.name), percent(result.metrics.exposure), percent(float(result.exposure.mean()))]
        for result in axis.results
    ]
    return Table(headings=["Strategy", "Mean size", "Mean, shorts below 0"], rows=rows, title="Mean exposures")
