"""Price with the fills of the variant in detail."""

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure
from bokeh.transform import factor_cmap, factor_mark

from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.detail import detail_view
from backtrader_walkforward.reports.explore.look import MONEY, NUMBER
from backtrader_walkforward.reports.explore.timeline.axis import Axis
from backtrader_walkforward.reports.explore.timeline.folds import draw_folds, draw_regimes
from backtrader_walkforward.reports.explore.tooltips import tooltip
from backtrader_walkforward.reports.run_summary import RunSummary

REASONS = {
    "Market": "target weight",
    "Close": "target weight",
    "Stop": "stop-loss",
    "StopTrail": "trailing stop",
    "Limit": "take-profit",
}
"""What an order of each of Backtrader's kinds is for; an order of the user's own keeps the name of its kind."""

SIDES = ("bought", "sold")
"""Sides of a fill, in the order of their marks and colours."""

SMALLEST, LARGEST = 4.0, 12.0
"""Sizes of the marks of a fill of nothing, and of one of the whole equity and more, in pixels."""


def chart(summary: RunSummary, axis: Axis) -> Chart:
    """Return the chart."""
    plot = axis.plot("price", height=320, form=NUMBER, unit=MONEY)
    draw_folds(plot, summary)
    draw_regimes(plot, summary)
    plot.segment(
        "date", "low", "date", "high", source=axis.source, name="range", line_color=palette.BENCHMARK, line_alpha=0.5
    )
    line = plot.line("date", "close", source=axis.source, name="close", line_color=palette.INK, line_width=1.3)
    bar = [(name.title(), f"@{name}{{0,0.00}}") for name in ("open", "high", "low", "close")]
    forecast = [("Forecast of the next", "@forecast{0.000%}"), ("What followed", "@followed")]
    axis.tooltips(plot, line, [*bar, *forecast], name="price:hover")
    draw_fills(plot, summary)
    axis.fit_columns(plot, "low", "high")
    return Chart(
        title="Price and fills",
        model=plot,
        says="Triangles up are purchases, triangles down are sales of the variant in detail; a larger one trades a"
        " larger share of the equity. Point at one, or tap it, for its size, price, account and reason.",
        description="Closes by day, with the fills of the variant in detail. The table of trades has the same.",
    )


def draw_fills(plot: figure, summary: RunSummary) -> None:
    """Draw the fills of all variants; a filter shows those of one.

    What the pointer shows of a fill stands above or below it: the page hides what stands beside it, the day's bar.
    """
    fills = fills_of(summary)
    columns = {name: fills[name].to_numpy() for name in ("date", "shares", "price", "pixels")}
    texts = {name: fills[name].astype(str).tolist() for name in ("place", "side", "account", "reason")}
    filled = plot.scatter(
        "date",
        "price",
        source=ColumnDataSource(columns | texts),
        view=detail_view(),
        name="fills",
        marker=factor_mark("side", ["triangle", "inverted_triangle"], SIDES),
        size="pixels",
        fill_color=factor_cmap("side", [palette.LONG, palette.SHORT], SIDES),
        line_color=None,
        fill_alpha=0.85,
    )
    traded = ("Fill", "@side @shares{0,0.0000} at @price{0,0.00}")
    tips = tooltip([("Day", "@date{%F}"), traded, ("Account", "@account"), ("Reason", "@reason")])
    days = {"@date": "datetime"}
    plot.add_tools(HoverTool(renderers=[filled], tooltips=tips, formatters=days, attachment="vertical"))


def fills_of(summary: RunSummary) -> pd.DataFrame:
    """Return the fills of all variants with the place of the variant, what each was for, and the size of its mark.

    The area of a mark grows with the share of the equity that was traded.
    """
    tables = []
    for place, result in enumerate(summary.comparison.results):
        kinds = (
            result.analyses["fills"]["order"] if "fills" in result.analyses else pd.Series("Market", result.fills.index)
        )
        reasons = kinds.map(lambda kind: REASONS.get(kind, kind))
        traded = (result.fills["size"] * result.fills["price"]).abs() / result.equity.reindex(
            result.fills["date"]
        ).to_numpy()
        pixels = SMALLEST + (LARGEST - SMALLEST) * np.sqrt(traded.where(traded >= 0, 1.0).clip(upper=1))
        sides = np.where(result.fills["size"] > 0, *SIDES)
        shares = result.fills["size"].abs()
        tables.append(result.fills.assign(place=place, reason=reasons, pixels=pixels, side=sides, shares=shares))
    return pd.concat(tables, ignore_index=True)
