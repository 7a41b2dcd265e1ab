"""Distribution: how often a daily return is how large, of the chosen variant and of buy & hold."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource, Legend, LegendItem
from bokeh.plotting import figure

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.detail import DETAIL, benchmark_view, detail_view
from backtrader_walkforward.reports.explore.figures import (
    hover,
    legend_style,
    percent_axis,
    plain_figure,
    zero_line,
)
from backtrader_walkforward.reports.explore.look import PERCENT
from backtrader_walkforward.reports.formatting import count, display_name, percent, readable_date
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Table

PLACE = 30

MOST_BINS = 45
BINS_A_ROOT = 2
"""Bins, at most, for each root of the number of days: fewer days have wider bins."""

STEPS = (1, 2, 2.5, 5, 10)
"""Widths of a bin, up to a power of ten."""

TITLES = {"day": "Daily returns", "week": "Weekly returns", "month": "Monthly returns"}

WORST = 3
"""Worst days that the table names."""


def chart(summary: RunSummary) -> Chart | None:
    """Return the chart of a run."""
    return chart_of(summary.comparison)


def chart_of(comparison: Comparison) -> Chart | None:
    """Return the chart of any accounts; None where nothing moved."""
    results = comparison.results
    moves = [result.returns[result.returns != 0] for result in results]
    if moves[-1].empty:
        return None
    bins = min(MOST_BINS, int(BINS_A_ROOT * np.sqrt(len(moves[-1]))))
    edges = edges_of(np.concatenate([returns.to_numpy() for returns in moves]), bins)
    bars = pd.DataFrame(row for place, returns in enumerate(moves) for row in bars_of(returns, edges, place))
    hold, bar = worst_bar_text(results[-1]), name_of_bar(comparison.benchmark.bars_a_year)
    return Chart(
        title=TITLES.get(bar, "Returns bar by bar"),
        model=draw(ColumnDataSource(dict(bars)), comparison),
        says=(
            f"{bar.capitalize()}s without a change, as those without a position, are left out of the bars. A narrow"
            " shape may mean a small position rather than less risk for what it earns: compare Sharpe ratios."
        ),
        of_variants=[f"{worst_bar_text(result)} {hold}" for result in results[:-1]],
        description=f"Histogram of the returns by {bar} of the chosen variant and of buy & hold, with the same bins.",
        table=extremes_table(results),
    )


def edges_of(returns: np.ndarray, bins: int) -> np.ndarray:
    """Return the edges of about so many bins, of a round width; 0 is one of them.

    >>> edges_of(np.array([-0.012, 0.03]), 6).round(4).tolist()
    [-0.02, -0.01, 0.0, 0.01, 0.02, 0.03]
    """
    low, high = min(0.0, returns.min()), max(0.0, returns.max())
    least = (high - low) / bins
    power = 10.0 ** np.floor(np.log10(least))
    width = next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))
    return width * np.arange(np.floor(low / width), np.ceil(high / width) + 1)


def bars_of(returns: pd.Series, edges: np.ndarray, place: int) -> Iterator[dict[str, Any]]:
    """Yield a bar for each bin with a day in it: its ends, its days, and their share of all days that moved."""
    days, _ = np.histogram(returns, edges)
    for (left, right), number in zip(pairwise(edges), days, strict=True):
        if number:
            yield {
                "place": str(place),
                "left": left,
                "right": right,
                "days": int(number),
                "share": number / len(returns),
            }


def draw(source: ColumnDataSource, comparison: Comparison) -> figure:
    """Draw buy & hold as filled bars, and the chosen variant as outlines before them."""
    bar = name_of_bar(comparison.benchmark.bars_a_year)
    labels = {"x_axis_label": f"return of a {bar}", "y_axis_label": f"share of the {bar}s"}
    plot = plain_figure("distribution", height=300, **labels)
    bars = {"left": "left", "right": "right", "bottom": 0, "top": "share", "source": source}
    hold = plot.quad(**bars, view=benchmark_view(comparison), fill_color=palette.BAND, fill_alpha=0.6, line_color=None)
    own = plot.quad(**bars, view=detail_view(), fill_color=None, line_color=palette.CURVES[0], line_width=2)
    zero_line(plot, "height")
    plot.y_range.start = 0
    for axis in (plot.xaxis, plot.yaxis):
        percent_axis(axis)
    items = [
        LegendItem(label=display_name(comparison.best.name), renderers=[own], name=DETAIL),
        LegendItem(label=display_name(comparison.benchmark.name), renderers=[hold]),
    ]
    legend = legend_style(Legend(items=items))
    legend.orientation, legend.spacing = "vertical", 2  # two names in one row are wider than a phone
    plot.add_layout(legend, "above")
    ends = [("From", f"@left{{{PERCENT}}}"), ("to", f"@right{{{PERCENT}}}")]
    for renderer in (own, hold):
        hover(plot, renderer, [*ends, (f"{bar.capitalize()}s", "@days"), ("Share", "@share{0.0%}")])
    return plot


def worst_bar_text(result: BacktestResult) -> str:
    """Return on how many days, or longer bars, an account moved, and its worst one."""
    returns, name, bar = result.returns, display_name(result.name), name_of_bar(result.bars_a_year)
    worst = readable_date(returns.index[int(returns.to_numpy().argmin())])
    return (
        f"{name} moved on {count((returns != 0).sum())} of {count(len(returns))} {bar}s; its worst {bar} was {worst}"
        f" with {percent(returns.min())}."
    )


def extremes_table(results: Sequence[BacktestResult]) -> Table:
    """Return the worst days, or longer bars, and the best one of each variant."""
    bar, rows = name_of_bar(results[-1].bars_a_year), []
    headings = [f"Worst {bar}", *(f"Worst {bar} {number}" for number in range(2, WORST + 1)), f"Best {bar}"]
    moved = f"{bar.capitalize()}s that\nmoved"
    for result in results:
        ordered = result.returns.sort_values(kind="stable")
        named = pd.concat([ordered.iloc[:WORST], ordered.iloc[-1:]])
        cells = [f"{percent(value)}, {readable_date(day)}" for day, value in zip(named.index, named, strict=True)]
        rows.append([display_name(result.name), *cells, count((result.returns != 0).sum())])
    return Table(headings=["Strategy", *headings, moved], rows=rows, title=f"The worst {bar}s")
