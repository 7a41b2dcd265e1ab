"""Months by years: the return of each month of the chosen variant, above that of buy & hold."""

from calendar import month_abbr
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from bokeh.layouts import column
from bokeh.models import CDSView, ColumnDataSource, FactorRange, TapTool, Title
from bokeh.plotting import figure
from bokeh.transform import linear_cmap

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.evaluation.metrics import monthly_returns, yearly_returns
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.detail import benchmark_title, benchmark_view, detail_title, detail_view
from backtrader_walkforward.reports.explore.figures import hover, plain_figure
from backtrader_walkforward.reports.formatting import display_name, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Table

PLACE = 20

COLUMNS = (*month_abbr[1:], "Year")
STEPS = len(palette.SHADES) // 2
"""Shades to each side of 0."""

LEAST_SCALE = 0.01
"""Return of the darkest shade where all are smaller."""


def chart(summary: RunSummary) -> Chart | None:
    """Return the chart of a run."""
    return chart_of(summary.comparison)


def chart_of(comparison: Comparison) -> Chart | None:
    """Return the chart of any accounts; None for an account without a daily return."""
    results, hold = comparison.results, comparison.benchmark
    months = {result.name: with_year(result.equity) for result in results}
    if months[hold.name].empty:
        return None
    cells = pd.DataFrame(row for place, table in enumerate(months.values()) for row in cells_of(table, place))
    cells["step"] = shade_steps(cells)
    source = ColumnDataSource(dict(cells), name="month-cells")
    years = [str(year) for year in months[hold.name].index]
    grids = [
        draw(source, years, detail_view(), detail_title(comparison)),
        draw(source, years, benchmark_view(comparison), benchmark_title(comparison)),
    ]
    return Chart(
        title="Returns by month",
        model=column(*grids, sizing_mode="stretch_width", spacing=10),
        says=(
            "Returns are in percent; the first and the last month are as long as the test is in them, and months"
            f" without a test day are empty{wiped_out(results)}. A click or a tap on a month makes it the window of the"
            " charts above, and frames it. A strong month or a weak one is no skill: most follow the market."
        ),
        of_variants=[worst_months_text(months, result, hold) for result in results[:-1]],
        description="Two grids of years and months with the return of each month in percent.",
        tables_of_variants=[months_table(months, result, hold) for result in results[:-1]],
    )


def wiped_out(results: Sequence[BacktestResult]) -> str:
    """Return which other months are empty, if an account was worth 0 or less at a close."""
    lost = any(bool((result.equity <= 0).any()) for result in results)
    return ", as are those that begin with an equity of 0 or less" if lost else ""


def with_year(equity: pd.Series) -> pd.DataFrame:
    """Return the months under their names, with a column of the whole years."""
    return monthly_returns(equity).assign(year=yearly_returns(equity)).set_axis(COLUMNS, axis=1)


def cells_of(months: pd.DataFrame, place: int) -> Iterator[dict[str, Any]]:
    """Yield a row for each month with a return."""
    for year, row in months.iterrows():
        for month, value in row.dropna().items():
            yield {"place": str(place), "year": str(year), "month": month, "value": value, "text": short_percent(value)}


def short_percent(value: float) -> str:
    """Return a return in percent, as its cell shows it.

    >>> short_percent(0.0312), short_percent(-0.1234), short_percent(-0.0001)
    ('3.1', '-12.3', '0.0')
    """
    return f"{100 * value:z.1f}"


def shade_steps(cells: pd.DataFrame) -> pd.Series:
    """Return the shade of each cell: 0 for a return that reads 0.0, else 1 to 4 away from it to the side of its sign.

    The steps are the same for all variants: 98 of 100 months are within the scale.
    """
    returns = cells["value"].where(cells["text"] != "0.0", 0.0)
    scale = max(LEAST_SCALE, float(np.quantile(returns[cells["month"] != COLUMNS[-1]].abs(), 0.98)))
    return np.sign(returns) * np.ceil(STEPS * (returns.abs() / scale).clip(upper=1))


def draw(source: ColumnDataSource, years: list[str], view: CDSView, title: Title) -> figure:
    """Draw the grid of one variant, the earliest year on top; a month without a return has no cell."""
    plot = plain_figure(
        "months",
        height=26 * len(years) + 58,
        x_range=FactorRange(*COLUMNS),
        y_range=FactorRange(*reversed(years)),
        x_axis_location="above",
    )
    plot.add_layout(title, "above")
    cells = {"x": "month", "y": "year", "source": source, "view": view}
    shades = linear_cmap("step", list(palette.SHADES), low=-STEPS - 0.5, high=STEPS + 0.5)
    look = {"fill_color": shades, "line_color": palette.PAPER, "line_width": 1.5}
    frame = {"selection_line_color": palette.INK, "selection_line_width": 2.5}
    drawn = plot.rect(**cells, width=1, height=1, **look, **frame)
    texts = plot.text(
        **cells,
        text="text",
        name="month-texts",
        text_align="center",
        text_baseline="middle",
        text_color=palette.INK,
        text_font_size="11px",
    )
    for renderer in (drawn, texts):
        renderer.nonselection_glyph = None  # a tap on a cell chooses its days, and leaves the others as they are
    plot.add_tools(TapTool(renderers=[drawn], mode="replace"))
    plot.grid.grid_line_color = plot.axis.axis_line_color = plot.axis.major_tick_line_color = None
    plot.xaxis.major_label_text_font_size = "11px"
    plot.xaxis.major_label_standoff = plot.yaxis.major_label_standoff = 2
    plot.min_border_left, plot.min_border_right = 36, 2
    hover(plot, drawn, [("Month", "@month @year"), ("Return", "@value{+0.00%}")])
    return plot


def worst_months_text(months: Mapping[str, pd.DataFrame], own: BacktestResult, hold: BacktestResult) -> str:
    """Return the worst month of a variant and of buy & hold, once if it is the same, with the other one in brackets."""
    texts: dict[tuple[int, str], str] = {}
    for one, other in ((own, hold), (hold, own)):
        returns = months[one.name][list(month_abbr[1:])].melt(var_name="month", ignore_index=False).reset_index()
        year, month, worst = returns.iloc[int(returns["value"].argmin())]
        opposite = f"{display_name(other.name)} {percent(months[other.name].loc[year, month])}"
        text = f"The worst month of {display_name(one.name)} was {month} {year} with {percent(worst)} ({opposite})."
        texts.setdefault((year, month), text)
    return " ".join(texts.values())


def months_table(months: Mapping[str, pd.DataFrame], own: BacktestResult, hold: BacktestResult) -> Table:
    """Return two rows for each year: a variant and buy & hold."""
    rows = [
        [f"{year} {display_name(one.name)}", *cells]
        for year in months[hold.name].index
        for one in (own, hold)
        for cells in [["" if pd.isna(value) else percent(value, 1) for value in months[one.name].loc[year]]]
    ]
    title = f"The months of {display_name(own.name)} in figures"
    return Table(headings=["Year", *COLUMNS], rows=rows, title=title)
