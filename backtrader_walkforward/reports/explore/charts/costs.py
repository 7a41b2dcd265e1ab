"""Costs and turnover: what each variant paid and received, and how much it traded."""

from collections.abc import Sequence

from bokeh.layouts import column
from bokeh.models import ColumnDataSource, LayoutDOM, NumeralTickFormatter, Range1d
from bokeh.plotting import figure

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.detail import title
from backtrader_walkforward.reports.explore.figures import hover, legend_above, percent_axis, plain_figure, zero_line
from backtrader_walkforward.reports.explore.look import NUMBER
from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Table
from backtrader_walkforward.reports.sections.costs import capital_of

PLACE = 40

PAID = {
    "commission": (palette.CURVES[0], None),
    "slippage": (palette.CURVES[1], "/"),
    "borrowing": (palette.CURVES[2], "x"),
}
"""Colour and hatching of each cost, in the order of their bars."""

INTEREST = "interest on cash"
BAR = 0.2
"""Half of a bar's height; the name of the variant stands above it."""


def chart(summary: RunSummary) -> Chart | None:
    """Return the chart; None where nothing was traded and nothing paid."""
    results = summary.comparison.results
    if not any(len(result.fills) for result in results):
        return None
    has_costs = any(result.costs.paid or result.costs.cash_interest for result in results)
    figures: list[LayoutDOM] = [draw_costs(results)] if has_costs else []
    return Chart(
        title="Costs and turnover" if has_costs else "Turnover",
        model=column(*figures, draw_turnover(results), sizing_mode="stretch_width"),
        says=costs_text(summary.comparison.ranked, has_costs),
        description="Bars for each variant: costs as shares of the capital at the start, and the turnover a year.",
        table=costs_table(results),
    )


def rows_of(results: Sequence[BacktestResult]) -> dict[str, list]:
    """Return a row for each variant, counted downwards: its name, height and the ends of its bar."""
    heights = [-float(place) for place in range(len(results))]
    return {
        "name": [display_name(result.name) for result in results],
        "label": [height + BAR + 0.06 for height in heights],
        "bottom": [height - BAR for height in heights],
        "top": [height + BAR for height in heights],
    }


def rows_figure(name: str, results: Sequence[BacktestResult], heading: str) -> figure:
    """Return a figure with a row for each variant, its name above the bar."""
    plot = plain_figure(name, height=32 * len(results) + 76, y_range=Range1d(-len(results) + 0.6, 0.75))
    plot.add_layout(title(heading), "above")
    plot.yaxis.visible = False
    plot.ygrid.grid_line_color = None
    plot.xgrid.grid_line_color = palette.GRID
    plot.min_border_left = plot.min_border_right = 8
    return plot


def write_names(plot: figure, source: ColumnDataSource, left: float = 0.0) -> None:
    """Write the name of each variant above its bar, from where the longest bar begins."""
    plot.text(
        left,
        "label",
        text="name",
        source=source,
        x_offset=4,
        text_color=palette.INK,
        text_font_size="12px",
        text_baseline="bottom",
    )


def draw_costs(results: Sequence[BacktestResult]) -> figure:
    """Draw what was paid to the right of 0, and the interest that was received to the left."""
    plot = rows_figure("costs", results, "Costs, share of the capital at the start")
    ends = [0.0] * len(results)
    for kind, (colour, hatch) in PAID.items():
        amounts = [getattr(result.costs, kind) / capital_of(result) for result in results]
        starts, ends = ends, [start + amount for start, amount in zip(ends, amounts, strict=True)]
        if any(amounts):
            draw_bars(plot, results, kind, (starts, ends), (colour, hatch))
    received = [-result.costs.cash_interest / capital_of(result) for result in results]
    if any(received):
        draw_bars(plot, results, INTEREST, (received, [0.0] * len(results)), (palette.CURVES[4], "."))
    write_names(plot, ColumnDataSource(rows_of(results)), min(received))
    zero_line(plot, "height")
    percent_axis(plot.xaxis)
    legend_above(plot)
    return plot


def draw_bars(
    plot: figure,
    results: Sequence[BacktestResult],
    kind: str,
    ends: tuple[list[float], list[float]],
    look: tuple[str, str | None],
) -> None:
    """Draw one kind of cost of every variant."""
    left, right = ends
    sizes = [end - start for start, end in zip(left, right, strict=True)]
    source = ColumnDataSource(rows_of(results) | {"left": left, "right": right, "size": sizes})
    bars = plot.quad(
        "left",
        "right",
        "top",
        "bottom",
        source=source,
        fill_color=look[0],
        line_color=palette.PAPER,
        hatch_pattern=look[1],
        hatch_color=palette.PAPER,
        hatch_alpha=0.7,
        hatch_scale=8,
        legend_label=kind,
    )
    hover(plot, bars, [("Variant", "@name"), (kind.capitalize(), "@size{0.000%} of the capital")])


def draw_turnover(results: Sequence[BacktestResult]) -> figure:
    """Draw the turnover of every variant."""
    plot = rows_figure("turnover", results, "Turnover a year, multiples of the mean equity")
    turnover = [result.metrics.turnover or 0.0 for result in results]
    source = ColumnDataSource(rows_of(results) | {"turnover": turnover})
    bars = plot.quad(
        0, "turnover", "top", "bottom", source=source, fill_color=palette.CURVES[1], line_color=palette.PAPER
    )
    write_names(plot, source)
    zero_line(plot, "height")
    plot.xaxis.formatter = NumeralTickFormatter(format=NUMBER)
    hover(plot, bars, [("Variant", "@name"), ("Turnover a year", "@turnover{0.0}")])
    return plot


def costs_text(variants: Sequence[BacktestResult], has_costs: bool) -> str:
    """Return which variant trades most, and what turnover means."""
    unit = "To buy and sell everything once a year is a turnover of 2."
    trading = [variant for variant in variants if not bought_once(variant)]
    if not trading:
        return f"No variant traded after its first purchase. {unit}"
    most = max(trading, key=lambda variant: variant.metrics.turnover or 0.0)
    paid = "" if has_costs else " This run has no costs: with them, a high turnover is what costs most."
    times = number(most.metrics.turnover, 1)
    return f"{display_name(most.name)} trades most: {times} times its equity a year. {unit}{paid}"


def bought_once(result: BacktestResult) -> bool:
    """Tell whether each account of a variant bought once at most: a turnover of that is no yearly habit."""
    return not result.fills["account"].duplicated().any()


def costs_table(results: Sequence[BacktestResult]) -> Table:
    """Return costs and turnover of each variant."""
    kinds = {
        "Commission": "commission",
        "Slippage": "slippage",
        "Borrowing": "borrowing",
        "Interest\non cash": "cash_interest",
    }
    columns = {
        heading: [percent(getattr(result.costs, kind) / capital_of(result)) for result in results]
        for heading, kind in kinds.items()
    }
    turnover = {"Turnover\na year": [number(result.metrics.turnover, 1) for result in results]}
    return Table.of_variants(
        [display_name(result.name) for result in results], columns | turnover, title="Costs and turnover in figures"
    )
