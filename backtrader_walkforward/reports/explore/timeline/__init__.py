"""Charts on one axis of time with one crosshair: what is chosen or looked at in one is chosen and looked at in all."""

from backtrader_walkforward.evaluation import Comparison
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
from backtrader_walkforward.reports.explore.timeline.days import market_columns
from backtrader_walkforward.reports.run_summary import RunSummary


def timeline_of(summary: RunSummary) -> dict[str, Chart]:
    """Return the charts of a run that share the axis of time, by name."""
    drawn = summary.diagnostics.null_models
    axis = Axis.of(summary.comparison, market_columns(summary), drawn.bands if drawn else {})
    market = {"price": price.chart(summary, axis), "forecast": forecast.chart(summary, axis)}
    return {"overview": overview.chart(axis)} | market | accounts_of(axis)


def timeline_of_accounts(comparison: Comparison) -> dict[str, Chart]:
    """Return the charts of accounts that have no one price and forecast: those of a panel, and of paper trading."""
    axis = Axis.of(comparison, {}, {})
    return {"overview": overview.chart(axis)} | accounts_of(axis)


def accounts_of(axis: Axis) -> dict[str, Chart]:
    """Return the charts of what became of the accounts."""
    return {
        "equity": equity.chart(axis),
        "drawdown": drawdown.chart(axis),
        "position": position.chart(axis),
        "rolling-sharpe": rolling_sharpe.chart(axis),
    }
