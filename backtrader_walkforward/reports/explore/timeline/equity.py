"""Equity of the chosen variants and of buy & hold, before the range of what trades without information."""

import pandas as pd
from bokeh.layouts import column
from bokeh.plotting import figure

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.look import MONEY, NUMBER
from backtrader_walkforward.reports.explore.timeline.axis import Axis, table_days
from backtrader_walkforward.reports.formatting import display_name, number, readable_date
from backtrader_walkforward.reports.section import Table

ACCOUNTS = {"active": "dashed", "passive": "dotted"}
"""Dashes of the sub-accounts."""


def chart(axis: Axis) -> Chart:
    """Return the chart on a plain and on a logarithmic axis, of which the page shows one."""
    linear, logarithmic = draw(axis, "equity", "linear"), draw(axis, "equity-log", "log")
    logarithmic.visible = False
    band = (
        " The grey band holds 90% of the accounts that traded the same forecasts in random order: a curve inside it"
        " is what luck alone would show. The band of a variant that hardly trades is as thin as its curve."
        if has_band(axis)
        else ""
    )
    return Chart(
        title="Equity",
        model=column(linear, logarithmic, sizing_mode="stretch_width"),
        says=f"The value of each account at each close, costs taken off.{band}",
        description="Curves of the equity of the chosen variants and of buy & hold, by day.",
        tables_of_variants=[month_ends(result, axis.results[-1]) for result in axis.results[:-1]],
    )


def has_band(axis: Axis) -> bool:
    """Tell whether the run knows the range of the null models."""
    return f"null_low_{axis.detail.place}" in axis.source.data


def draw(axis: Axis, name: str, scale: str) -> figure:
    """Draw band, sub-accounts and curves."""
    plot = axis.plot(name, height=340, form=NUMBER, unit=MONEY, y_axis_type=scale)
    if scale == "log":
        plot.yaxis.ticker.update(mantissas=[1, 2, 5], desired_num_ticks=6)
    detail = axis.detail
    if has_band(axis):
        plot.varea(
            "date",
            f"null_low_{detail.place}",
            f"null_high_{detail.place}",
            source=axis.source,
            name=f"null:{detail.name}",
            fill_color=palette.BAND,
            fill_alpha=0.45,
        )
    for account, dash in ACCOUNTS.items():
        own = f"{account}_{detail.place}"
        plot.line(
            "date",
            own if own in axis.source.data else f"equity_{detail.place}",
            source=axis.source,
            name=f"{account}:{detail.name}",
            line_color=detail.colour,
            line_dash=dash,
            visible=False,
        )
    benchmark = axis.curves(plot, "equity")[0]
    axis.fit(plot, "equity")
    axis.hover(plot, benchmark, "equity", "0,0.00")
    return plot


def month_ends(own: BacktestResult, hold: BacktestResult) -> Table:
    """Return the equity of a variant and of buy & hold at the end of each month."""
    days = table_days(pd.DatetimeIndex(hold.equity.index))
    rows = [[readable_date(day), number(own.equity[day]), number(hold.equity[day])] for day in days]
    headings = ["Month end", display_name(own.name), display_name(hold.name)]
    return Table(headings=headings, rows=rows, title="Equity at the end of each month")
