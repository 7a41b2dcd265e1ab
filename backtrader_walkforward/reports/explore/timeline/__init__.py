"""Charts on one axis of time with one crosshair: what is chosen or looked at in one is chosen and looked at in all."""

from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.timeline import (
    drawdown,
    equity,
    forecast,
    overview,
    position,
    price,
    rolling_sharpe,
)
from backtrader_walkforward.reports.explore.timeline.axis import Axis
from backtrader_walkforward.reports.run_summary import RunSummary

PARTS = {
    "overview": overview,
    "price": price,
    "forecast": forecast,
    "equity": equity,
    "drawdown": drawdown,
    "position": position,
    "rolling-sharpe": rolling_sharpe,
}
"""Modules of the charts from the top to the bottom of the page."""


def timeline_of(summary: RunSummary) -> dict[str, Chart]:
    """Return the charts of a run that share the axis of time, by name."""
    axis = Axis.of(summary)
    return {name: part.chart(summary, axis) for name, part in PARTS.items()}
