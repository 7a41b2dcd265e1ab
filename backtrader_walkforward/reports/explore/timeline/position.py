"""Position of the variant in detail: exposure as an area; as steps the target weight, or a book's gross exposure."""

from bokeh.models import Span
from bokeh.plotting import figure

from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.look import PERCENT
from backtrader_walkforward.reports.explore.timeline.axis import Axis
from backtrader_walkforward.reports.formatting import display_name, percent
from backtrader_walkforward.reports.section import Table

OF_ONE_TICKER = (
    "Blue: the value of the position as a share of the equity, below 0 for a short one. Line: the target"
    " weight of the active account, decided at each close. The order fills at the next open, or at that close"
    " where the run says so."
)

OF_BOOKS = (
    "Line: gross exposure, the value of all positions, long and short ones added, as a share of the equity. Blue: net"
    " exposure, the long positions less the short ones: close to 0 where both sides are as large, however much is"
    " invested."
)


def chart(axis: Axis) -> Chart:
    """Return the chart."""
    books = are_books(axis)
    return Chart(
        title="Position",
        model=draw(axis),
        says=OF_BOOKS if books else OF_ONE_TICKER,
        when_empty="There is no position to draw.",
        description=f"Exposure and {'gross exposure' if books else 'target weight'} of the variant in detail, by day.",
        table=gross_and_net(axis) if books else mean_exposures(axis),
    )


def are_books(axis: Axis) -> bool:
    """Tell whether the accounts hold many tickers: their long and short positions cancel in the exposure."""
    return f"gross_{axis.detail.place}" in axis.source.data


def draw(axis: Axis) -> figure:
    """Draw exposure and, of an account that has one, the target weight or the gross exposure."""
    plot, detail = axis.plot("position", height=200, form=PERCENT), axis.detail
    exposure = f"exposure_{detail.place}"
    area = {"name": f"area:{detail.name}", "step_mode": "after", "fill_color": palette.LONG, "fill_alpha": 0.3}
    plot.varea_step("date", 0, exposure, source=axis.source, **area)
    plot.add_layout(Span(location=0, dimension="width", line_color=palette.MUTED))
    line = {"source": axis.source, "mode": "after"}
    curve = plot.step("date", exposure, name=f"exposure:{detail.name}", line_color=palette.LONG, **line)
    shown = [("Net exposure" if are_books(axis) else "Exposure", f"@{exposure}{{0.00%}}")]
    for measure, label in (("gross", "Gross exposure"), ("weight", "Target weight")):
        if (column := f"{measure}_{detail.place}") in axis.source.data:
            curve = plot.step("date", column, name=f"{measure}:{detail.name}", line_color=palette.INK, **line)
            shown.append((label, f"@{column}{{0.00%}}"))
    axis.fit(plot, "exposure", *(["gross"] if are_books(axis) else []))
    axis.tooltips(plot, curve, shown, name="position:hover")
    return plot


def mean_exposures(axis: Axis) -> Table:
    """Return the mean exposures of every variant, without and with the sign of short positions."""
    rows = [
        [display_name(result.name), percent(result.metrics.exposure), percent(float(result.exposure.mean()))]
        for result in axis.results
    ]
    return Table(headings=["Strategy", "Mean size", "Mean, shorts below 0"], rows=rows, title="Mean exposures")


def gross_and_net(axis: Axis) -> Table | None:
    """Return the mean gross and net exposures of every book; None where portfolios alone are shown."""
    rows = [
        [display_name(result.name), percent(figures.gross_exposure), percent(figures.net_exposure)]
        for result in axis.results
        for figures in [result.metrics]
        if figures.gross_exposure is not None
    ]
    return Table(headings=["Book", "Gross", "Net"], rows=rows, title="Mean exposures") if rows else None
