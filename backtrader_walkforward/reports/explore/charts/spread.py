"""Spread: how far the forecasts of each fit move, against how far the returns do."""

from collections.abc import Sequence

import pandas as pd
from bokeh.models import ColumnDataSource, Span
from bokeh.plotting import figure

from backtrader_walkforward.evaluation import FoldSummary
from backtrader_walkforward.evaluation.forecast.forecast_skill import LEAST_SPREAD
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.figures import date_axis, hover, percent_axis, plain_figure
from backtrader_walkforward.reports.explore.look import PERCENT
from backtrader_walkforward.reports.formatting import count, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Table
from backtrader_walkforward.system.text import pluralize

PLACE = 16


def chart(summary: RunSummary) -> Chart | None:
    """Return the chart; None where no fit has a spread."""
    forecast = summary.forecast_summary
    known = [fold for fold in forecast.by_fold if fold.spread is not None]
    if not known:
        return None
    return Chart(
        title="How far the forecasts of a fit move",
        model=draw(spreads(known, summary.forecasts.index[-1])),
        says=spread_text(known, forecast.skill.spread_within_folds),
        description="Bars: movement of the forecasts within each fit, as a share of that of the returns.",
        table=spread_table(known),
    )


def spreads(folds: Sequence[FoldSummary], last: pd.Timestamp) -> pd.DataFrame:
    """Return the spread of each fit, from its first day to that of the next."""
    table = pd.DataFrame(
        {
            "fold": [fold.fold for fold in folds],
            "first_date": pd.to_datetime([fold.first_date for fold in folds]),
            "days": [fold.days for fold in folds],
            "spread": [fold.spread for fold in folds],
        }
    )
    return table.assign(end=table["first_date"].shift(-1).fillna(last + pd.Timedelta(days=1)))


def draw(table: pd.DataFrame) -> figure:
    """Draw a bar for each fit, over its days, and the least spread of a forecast that says something."""
    plot = plain_figure("spread", height=240, x_axis_type="datetime", y_axis_label="share of the returns' movement")
    bars = plot.quad(
        left="first_date",
        right="end",
        bottom=0,
        top="spread",
        source=ColumnDataSource(dict(table)),
        fill_color=palette.CURVES[1],
        line_color=palette.PAPER,
    )
    plot.y_range.start = 0
    plot.y_range.end = 1.1 * max(table["spread"].max(), 2 * LEAST_SPREAD)
    plot.add_layout(Span(location=LEAST_SPREAD, dimension="width", line_color=palette.INK, line_dash="dashed"))
    date_axis(plot)
    percent_axis(plot.yaxis)
    tips = [("Fit", "@fold"), ("From", "@first_date{%F}"), ("Days", "@days"), ("Movement", f"@spread{{{PERCENT}}}")]
    hover(plot, bars, tips, first_date="datetime")
    return plot


def spread_text(folds: Sequence[FoldSummary], whole: float | None) -> str:
    """Return how far the forecasts move, and in how many fits they hardly do."""
    still = sum(fold.spread < LEAST_SPREAD for fold in folds if fold.spread is not None)
    return (
        f"Within a fit the forecasts move {percent(whole, 1)} as far as the returns (standard deviations). In"
        f" {still} of {pluralize(len(folds), 'fit')} they move less than {percent(LEAST_SPREAD, 0)} (dashed line): such"
        " a forecast says nearly the same every day, and its trades follow the fit and not the day. More is not better:"
        " a forecast of the right size moves by its correlation with the returns, a few percent at most."
    )


def spread_table(folds: Sequence[FoldSummary]) -> Table:
    """Return a row for each fit."""
    rows = [[str(fold.fold), str(fold.first_date), count(fold.days), percent(fold.spread, 1)] for fold in folds]
    headings = ["Fit", "First\nforecast", "Days", "Movement / that\nof the returns"]
    return Table(headings=headings, rows=rows, title="The movements in figures")
