"""Drawdown: how far each account is below its highest value so far."""

from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.timeline.axis import Axis
from backtrader_walkforward.reports.formatting import display_name, percent
from backtrader_walkforward.reports.section import Table


def chart(axis: Axis) -> Chart:
    """Return the chart."""
    plot = axis.plot("drawdown", height=200, form="0.[0]%")
    benchmark = axis.curves(plot, "drawdown")[0]
    axis.fit(plot, "drawdown")
    axis.hover(plot, benchmark, "drawdown", "0.00%")
    rows = [
        [display_name(result.name), percent(result.metrics.max_drawdown), str(result.metrics.max_drawdown_days)]
        for result in axis.results
    ]
    return Chart(
        title="Drawdown",
        model=plot,
        says="How far the account is below its highest close since the test began.",
        description="Curves of the drawdown of the chosen variants and of buy & hold, by day.",
        table=Table(
            headings=["Strategy", "Deepest", "Days from peak to recovery"], rows=rows, title="Deepest drawdowns"
        ),
    )
