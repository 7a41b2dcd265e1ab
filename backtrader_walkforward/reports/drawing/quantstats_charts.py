"""QuantStats' charts of one curve: drawn by it, then fitted to the page."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import matplotlib
import pandas as pd
import quantstats
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, FuncFormatter

from backtrader_walkforward.reports.drawing.month_cells import colour_months
from backtrader_walkforward.reports.drawing.style import SHEET_STYLE, chart_style, date_axis
from backtrader_walkforward.reports.drawing.svg import svg_of
from backtrader_walkforward.reports.formatting import axis_percent
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.plot import figure as figure_html
from backtrader_walkforward.reports.pages.plot import legend_entry

STRATEGY, AVERAGE = "Strategy", "Average"
ROLLING_CHARTS = ("rolling_sharpe", "rolling_volatility")
"""Charts over half a year, which come last, of curves that are longer."""

WITH_BENCHMARK = ("returns", "monthly_heatmap", "rolling_volatility")
"""Charts that are given the benchmark, too."""

Options = Mapping[str, Any]
PLAIN: Options = {"subtitle": False}


def charts(returns: pd.Series, benchmark: pd.Series, per_year: int, variant: str) -> Iterator[html.Html]:
    """Yield the charts of the sheet of a variant; rolling charts only of curves that are longer than their window."""
    with _sheet_style():
        for name, options in _options(returns, per_year).items():
            series = (returns, benchmark) if name in WITH_BENCHMARK else (returns,)
            drawn = getattr(quantstats.plots, name)(*series, **options, show=False, ylabel="")
            if name == "rolling_volatility":
                drawn.axes[0].yaxis.set_major_formatter(axis_percent)
            yield _fitted(drawn, pd.DatetimeIndex(returns.index), variant)


def _options(returns: pd.Series, per_year: int) -> dict[str, Options]:
    """Return the functions of `quantstats.plots` with their arguments, in the order of the sheet."""
    years = returns.index[-1].year - returns.index[0].year + 1
    half_a_year = {"figsize": (8, 2.8), **PLAIN, "period": per_year // 2, "periods_per_year": per_year}
    rolling: dict[str, Options] = dict.fromkeys(ROLLING_CHARTS, half_a_year) if len(returns) > per_year // 2 else {}
    return {
        "returns": {"figsize": (8, 4.4), **PLAIN, "prepare_returns": False},
        "drawdown": {"figsize": (8, 2.8), **PLAIN},
        "monthly_heatmap": {"figsize": (8, 0.8 + 0.36 * years), "cbar": False, "returns_label": STRATEGY},
        "distribution": {"figsize": (8, 3.4), **PLAIN, "title": STRATEGY, "prepare_returns": False},
        **rolling,
    }


def _fitted(drawn: Figure, days: pd.DatetimeIndex, variant: str) -> html.Html:
    """Return a figure of QuantStats with its title and its legend as text of the page, which names the variant."""
    [axes] = drawn.axes
    title = (drawn.get_suptitle() or axes.get_title()).strip().replace(STRATEGY, variant)
    axes.set_title("")
    for text in list(drawn.texts):  # the title of the figure
        text.remove()
    words, entries = _described(axes, variant), list(_legend(axes, variant))
    if isinstance(axes.xaxis.get_major_locator(), AutoDateLocator):
        date_axis(axes)
    elif axes.collections:
        words = [colour_months(axes, days)]
    drawn.autofmt_xdate(rotation=0, ha="center")
    for axis in (axes.xaxis, axes.yaxis):
        _give_digits(axis)
    drawn.tight_layout(pad=0.3)
    return figure_html(title, html.lines(entries), svg_of(drawn, " ".join([f"{title}.", *words])))


def _legend(axes: Axes, variant: str) -> Iterator[html.Html]:
    """Take the legend off a chart, and yield its entries; a single curve needs none."""
    if legend := axes.get_legend():
        legend.remove()
    labels = [label for label in axes.get_legend_handles_labels()[1] if label]
    for label in labels if len(labels) > 1 else ():
        yield legend_entry({STRATEGY: "own", AVERAGE: "average"}.get(label, "other"), label.replace(STRATEGY, variant))


def _described(axes: Axes, variant: str) -> list[str]:
    """Return where the curves of a chart begin and end, and how high they go, in words."""
    text = axes.yaxis.get_major_formatter()
    found = []
    for line in axes.get_lines():
        values = pd.Series(line.get_ydata(), dtype=float).dropna()
        if (name := str(line.get_label())).startswith("_") or len(values) < 2:
            continue
        ends = values.iloc[0], values.iloc[-1], values.min(), values.max()
        first, last, low, high = (text(float(value)) for value in ends)
        found.append(f"{name.replace(STRATEGY, variant)} from {first} to {last}, lowest {low}, highest {high}.")
    return found


def _give_digits(axis: Axis) -> None:
    """Give the labels of an axis the digits that they need.

    QuantStats rounds to whole percentages and to two decimals: a curve of a small strategy has the labels 0%, 0%, -0%.
    """
    places, formatter = list(map(float, axis.get_majorticklocs())), axis.get_major_formatter()
    labels = formatter.format_ticks(places)
    if isinstance(formatter, FuncFormatter) and all(label.endswith("%") for label in labels):
        axis.set_major_formatter(axis_percent)
    elif isinstance(formatter, FormatStrFormatter) and len(set(labels)) < len(labels):
        axis.set_major_formatter(lambda value, _: f"{round(value, 10):z,.9g}")


@contextlib.contextmanager
def _sheet_style() -> Iterator[None]:
    """Draw off screen in our style; leave no figure behind even when QuantStats fails midway, and pyplot as it was."""
    backend, before = matplotlib.get_backend(), set(pyplot.get_fignums())
    pyplot.switch_backend("svg")
    try:
        with chart_style(SHEET_STYLE):
            yield
    finally:
        for number in set(pyplot.get_fignums()) - before:
            pyplot.close(number)
        with contextlib.suppress(ImportError):  # a backend that is set and cannot be loaded was never in use
            pyplot.switch_backend(backend)
