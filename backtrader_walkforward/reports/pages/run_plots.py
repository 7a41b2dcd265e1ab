"""The pictures of a run: the equity of its best variant, and the size of its position."""

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.reports.formatting import axis_percent, percent, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.axes import Frame, framed
from backtrader_walkforward.reports.pages.plot import Line, figure, legend_entry, plot
from backtrader_walkforward.settings.variant_names import strategy_of


def run_plots(comparison: Comparison) -> html.Html:
    """Return the two pictures of the best variant, one below the other."""
    return html.lines([equity_plot(curves_to_show(comparison)), position_plot(comparison.best)])


def curves_to_show(comparison: Comparison) -> list[BacktestResult]:
    """Return the best variant, the pure parent of a hybrid, and buy & hold."""
    best = comparison.best
    parent = strategy_of(best.name)
    parents = [result for result in comparison.ranked if result.name == parent != best.name]
    return [best, *parents, comparison.benchmark]


def equity_plot(results: list[BacktestResult]) -> html.Html:
    """Return the equity of results as the change since the start; the last is the benchmark."""
    *traded, benchmark = results
    lines = [Line.of_equity(result.name, result.equity) for result in traded]
    lines.append(Line.of_equity(benchmark.name, benchmark.equity, is_reference=True))
    return plot(lines, "Change in equity since the start", axis_percent)


def position_plot(result: BacktestResult) -> html.Html:
    """Return the exposure of a variant as an area, long above 0 and short below, and its target weight as a line."""
    exposure, weights = stepped(result.exposure), stepped(result.weights)
    if len(exposure) < 2:
        return html.Html()
    frame = Frame.around([exposure, weights], 0.0)
    sides = {"long": exposure.clip(lower=0), "short": exposure.clip(upper=0)}
    shapes = [area(values, frame, side) for side, values in sides.items() if values.any()]
    shapes.append(html.Html(f'<polyline class="weight" points="{frame.points(weights)}"/>'))
    of_whole, of_account = (", whole variant", ", active account") if result.accounts.shape[1] > 1 else ("", "")
    entries = [legend_entry(side, f"{side}{of_whole}") for side, values in sides.items() if values.any()]
    legend = html.lines([*entries, legend_entry("weight", f"target weight{of_account}")])
    caption = "Position size, share of equity"
    words = f"{caption}, {period_text(exposure)}: {percent(exposure.min(), 0)} to {percent(exposure.max(), 0)}."
    return figure(caption, legend, framed(shapes, frame, axis_percent, words, kind="low"))


def stepped(values: pd.Series) -> pd.Series:
    """Return values that hold until the next as points of a line; days on which nothing changes are left out.

    >>> stepped(pd.Series([1.0, 1.0, 0.0, 0.0], pd.date_range("2020-01-01", periods=4))).tolist()
    [1.0, 1.0, 0.0, 0.0, 0.0]
    """
    known = values.dropna().astype(float)
    changed = known.diff().ne(0).to_numpy(copy=True)
    changed[-1:] = True
    kept = known[changed]
    return pd.Series(np.repeat(kept.to_numpy(), 2)[:-1], np.repeat(kept.index, 2)[1:])


def area(values: pd.Series, frame: Frame, kind: str) -> html.Html:
    """Return the area between a line and 0."""
    floor = pd.Series(0.0, values.index[[-1, 0]])
    return html.Html(f'<polygon class="{kind}" points="{frame.points(pd.concat([values, floor]))}"/>')
