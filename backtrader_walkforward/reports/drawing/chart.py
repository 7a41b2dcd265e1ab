"""The chart of a run: equity above, position size below."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.reports.drawing import style
from backtrader_walkforward.reports.drawing.png import png_of
from backtrader_walkforward.reports.formatting import (
    MINUS,
    axis_percent,
    display_name,
    number,
    percent,
    period_text,
    shorten,
)
from backtrader_walkforward.reports.pages.run_plots import curves_to_show
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.settings.variant_names import name_text

WIDEST_LABEL = 20
"""Characters of a line beside the curves; the rest of a name goes to the next."""

ROUND_STEPS = [1, 2, 2.5, 5, 10]
"""Distances of grid lines, up to a power of ten."""


def draw_chart(summary: RunSummary) -> bytes:
    """Return the chart of the best variant as a PNG of 1600 x 1000 pixels; the same run gives the same bytes."""
    return png_of(chart_of(summary))


def chart_of(summary: RunSummary) -> Figure:
    """Return the chart of the best variant as a figure: equity above, position size below."""
    best = summary.comparison.best
    with style.chart_style():
        figure = Figure(figsize=(10, 6.25))
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[2.5, 1])
        figure.subplots_adjust(left=0.07, right=0.79, top=0.81, bottom=0.105, hspace=0.3)
        _draw_heading(figure, summary)
        draw_changes(top, _styled(curves_to_show(summary.comparison)))
        _draw_position(bottom, best)
        first, last = date2num(best.equity.index[[0, -1]])
        top.set_xlim(first, max(last, first + 1))
    return figure


def _styled(results: Sequence[BacktestResult]) -> list[tuple[BacktestResult, str, float]]:
    """Return (result, colour, line width) of the curves to show, the best on top."""
    best, *parents, benchmark = results
    thin = [(benchmark, style.BENCHMARK), *((parent, style.PARENT) for parent in parents)]
    return [*((result, colour, 1.3) for result, colour in thin), (best, style.BEST, 2.2)]


def _draw_heading(figure: Figure, summary: RunSummary) -> None:
    """Write title, subtitle and source."""
    best = summary.comparison.best
    dates, measures = period_text(best.equity).replace(" to ", " \u2013 "), best.metrics
    figures = (
        f"Sharpe {number(measures.sharpe)}",
        f"max drawdown {percent(measures.max_drawdown, 1)}",
        f"win rate {percent(measures.win_rate, 0)}",
    )
    subtitle = "  \u00b7  ".join([dates, *(text.replace("-", MINUS) for text in figures)])
    title = shorten(f"{summary.prices.ticker}: {name_text(best.name)} ({best.kind})", 70)
    source = shorten(f"Source: {summary.prices.source}", 150)
    for text in (
        figure.text(0.03, 0.945, title, size=17, weight="bold"),
        figure.text(0.03, 0.908, summary.significance.headline, size=11, weight="bold", color=style.BEST),
        figure.text(0.03, 0.874, subtitle, size=10.5, color=style.MUTED),
        figure.text(0.03, 0.022, source, size=8, color=style.MUTED),
    ):
        style.fit(text)


def draw_changes(axes: Axes, curves: Sequence[tuple[BacktestResult | Portfolio, str, float]]) -> None:
    """Draw the change since the start of each (account, colour, line width), labelled at its end."""
    labels = []
    for result, colour, width in curves:
        change = result.equity / result.equity.iloc[0] - 1
        axes.plot(change.index, change.to_numpy(), color=colour, linewidth=width, solid_joinstyle="round")
        name, end = wrap(display_name(result.name), WIDEST_LABEL), percent(change.iloc[-1], 1).replace("-", MINUS)
        labels.append((float(change.iloc[-1]), "\n".join([*name, end]), colour))
    axes.axhline(0, color=style.INK, linewidth=0.8, zorder=1)
    axes.set_title("Change in equity since the start")
    _percent_axis(axes, 6)
    style.label_ends(axes, labels)


def _draw_position(axes: Axes, result: BacktestResult) -> None:
    """Draw signed exposure as area and the target weight as a line of steps."""
    days, weights, exposure = result.exposure.index, result.weights, result.exposure.to_numpy(float)
    for side, colour in ((np.clip(exposure, 0, None), style.LONG), (np.clip(exposure, None, 0), style.SHORT)):
        axes.fill_between(days, side, step="post", color=colour, alpha=0.4, linewidth=0)
    width = min(0.8, max(0.1, 200 / len(days)))
    axes.step(weights.index, weights.to_numpy(float), where="post", color=style.INK, linewidth=width)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.set_title("Position size, share of equity (blue long, orange short)")
    _percent_axis(axes, 4)
    style.date_axis(axes)
    has_accounts = result.accounts.shape[1] > 1
    weight = "Target weight,\nactive account" if has_accounts else "Target weight"
    whole = "Exposure,\nwhole variant" if has_accounts else "Exposure"
    style.label_ends(axes, [(weights.iloc[-1], weight, style.INK), (exposure[-1], whole, style.LONG)])


def _percent_axis(axes: Axes, ticks: int) -> None:
    axes.yaxis.set_major_formatter(axis_percent)
    axes.yaxis.set_major_locator(MaxNLocator(ticks, steps=ROUND_STEPS))
