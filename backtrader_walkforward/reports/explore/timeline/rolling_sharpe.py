"""Rolling Sharpe ratio, with the interval that says how little a quarter of a year tells."""

from bokeh.models import Span

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation.metrics import ROLLING_DAYS
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.look import NUMBER
from backtrader_walkforward.reports.explore.timeline.axis import Axis


def chart(axis: Axis) -> Chart:
    """Return the chart; the interval is that of the variant in detail."""
    plot = axis.plot("rolling-sharpe", height=220, form=NUMBER)
    place, name = axis.detail.place, axis.detail.name
    plot.varea_step(
        "date",
        f"sharpe_low_{place}",
        f"sharpe_high_{place}",
        source=axis.source,
        name=f"interval:{name}",
        fill_color=palette.BAND,
        fill_alpha=0.45,
        step_mode="center",
    )
    plot.add_layout(Span(location=0, dimension="width", line_color=palette.MUTED))
    benchmark = axis.curves(plot, "sharpe_ratio")[0]
    axis.fit(plot, "sharpe_ratio", "sharpe_low", "sharpe_high")
    axis.hover(plot, benchmark, "sharpe_ratio", "0.00")
    bars = f"{ROLLING_DAYS} {name_of_bar(axis.best.bars_a_year)}s"
    return Chart(
        title=f"Rolling Sharpe ratio, {bars}",
        model=plot,
        says="The band is the 95% interval for the variant in detail. Where it holds 0, the variant cannot be told"
        " from one that earns nothing: the returns are too few.",
        when_empty=f"There is no ratio to draw in this window: each one is of {bars}.",
        description=f"Sharpe ratio of the latest {bars} at each day, with its 95% interval.",
    )
