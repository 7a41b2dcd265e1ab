"""Errors by fold: how far each fit missed, against the mean of the days that it learned from."""

import pandas as pd
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from backtrader_walkforward.evaluation import errors_by_fold
from backtrader_walkforward.evaluation.forecast.importance import FEWEST_DAYS_A_FOLD
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.figures import (
    date_axis,
    hover,
    percent_axis,
    plain_figure,
    zero_line,
)
from backtrader_walkforward.reports.explore.look import SIGNED_PERCENT
from backtrader_walkforward.reports.formatting import count, percent, readable_date
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Table
from backtrader_walkforward.system.text import pluralize

PLACE = 12


def chart(summary: RunSummary) -> Chart | None:
    """Return the chart; None where no fit has enough days whose return is known, or errors."""
    returns = next_return(summary.prices.frame, summary.forecast_summary.target)
    errors = errors_by_fold(summary.forecasts, returns)
    errors["difference"] = errors["rmse"] / errors["mean_rmse"].where(errors["mean_rmse"] > 0) - 1
    errors["end"] = errors["first_date"].shift(-1).fillna(summary.forecasts.index[-1] + pd.Timedelta(days=1))
    shown = errors[(errors["days"] >= FEWEST_DAYS_A_FOLD) & errors["difference"].notna()]
    if shown.empty:
        return None
    skill = summary.forecast_summary.skill
    missed, benchmark = percent(skill.rmse, 3), percent(skill.mean_rmse, 3)
    whole = f"The forecast missed by {missed}, the mean of its training days by {benchmark}."
    return Chart(
        title="Error of the forecast, fit by fit",
        model=draw(shown),
        says=f"{whole} {errors_text(shown, len(errors) - len(shown))}",
        description="Bars: error of the forecast against that of the training mean, below 0 where it is smaller.",
        table=errors_table(errors),
    )


def draw(errors: pd.DataFrame) -> figure:
    """Draw a bar for each fit, over its days: below 0 where the forecast missed by less."""
    plot = plain_figure("fold-errors", height=260, x_axis_type="datetime", y_axis_label="error, against training mean")
    zero_line(plot)
    date_axis(plot)
    percent_axis(plot.yaxis, SIGNED_PERCENT)
    figures = [("Forecast, RMSE", "@rmse{0.000%}"), ("Training mean, RMSE", "@mean_rmse{0.000%}")]
    tips = [("Fit", "@fold"), ("From", "@first_date{%F}"), ("Days", "@days"), *figures]
    is_better = errors["difference"] < 0
    for bars, colour in ((errors[is_better], palette.LONG), (errors[~is_better], palette.SHORT)):
        drawn = plot.quad(
            left="first_date",
            right="end",
            bottom=0,
            top="difference",
            source=ColumnDataSource(dict(bars.reset_index())),
            fill_color=colour,
            line_color=palette.PAPER,
        )
        hover(plot, drawn, [*tips, ("Difference", "@difference{+0.00%}")], first_date="datetime")
    return plot


def errors_text(shown: pd.DataFrame, left_out: int) -> str:
    """Return in how many fits the forecast missed by less than the mean of its training days."""
    better, fits = int((shown["difference"] < 0).sum()), pluralize(len(shown), "fit")
    stand = "stands" if left_out == 1 else "stand"
    few = f" {pluralize(left_out, 'fit')} with too few days {stand} in the table alone." if left_out else ""
    return (
        f"In {better} of {fits} it missed by less (bars below 0); about half would be no better than a coin. Errors are"
        f" roots of the mean squared error (RMSE). One fit alone has too few days to prove anything.{few}"
    )


def errors_table(errors: pd.DataFrame) -> Table:
    """Return a row for each fit."""
    rows = [
        [
            str(fold),
            readable_date(row["first_date"]),
            count(row["days"]),
            *(percent(row[name], 3) for name in ("rmse", "mean_rmse")),
            percent(row["difference"]),
        ]
        for fold, row in errors.iterrows()
    ]
    headings = ["Fit", "First\nforecast", "Days", "Forecast,\nRMSE", "Training\nmean, RMSE", "Difference"]
    return Table(headings=headings, rows=rows, title="The errors in figures")
