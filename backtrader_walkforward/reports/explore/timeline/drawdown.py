"""Drawdown: how far each account is below its highest value so far."""

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.metrics import drawdowns
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.look import PERCENT
from backtrader_walkforward.reports.explore.timeline.axis import Axis
from backtrader_walkforward.reports.formatting import count, display_name, percent
from backtrader_walkforward.reports.section import Table


def chart(axis: Axis) -> Chart:
    """Return the chart."""
    plot = axis.plot("drawdown", height=200, form=PERCENT)
    benchmark = axis.curves(plot, "drawdown")[0]
    axis.fit(plot, "drawdown")
    axis.hover(plot, benchmark, "drawdown", "0.00%")
    rows = [
        [display_name(result.name), percent(result.metrics.max_drawdown), recovery_text(result)]
        for result in axis.results
    ]
    return Chart(
        title="Drawdown",
        model=plot,
        says="How far the account is below its highest close since the test began.",
        description="Curves of the drawdown of the chosen variants and of buy & hold, by day.",
        table=Table(headings=["Strategy", "Deepest", "From peak to recovery"], rows=rows, title="Deepest drawdowns"),
    )


def recovery_text(result: BacktestResult) -> str:
    """Return how long the deepest drawdown took from its peak to the next value as high, or lasts already."""
    bars, bar = result.metrics.max_drawdown_days, name_of_bar(result.bars_a_year)
    below = drawdowns(result.equity).to_numpy()
    length = f"{count(bars)} {'trading ' if bar == 'day' else ''}{bar}{'' if bars == 1 else 's'}"
    return length if below[below.argmin() :].max() == 0 else f"{length}, not recovered"
