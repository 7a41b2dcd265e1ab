"""QuantStats' charts and tables of one curve. The only module that imports QuantStats, which takes seconds.

QuantStats is given numbers and the name of the benchmark; every text that goes into the page is escaped here. Its
figures are daily and without a risk-free rate. They equal ours where cash bears no interest.
"""

import contextlib
import io
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import quantstats
from matplotlib import pyplot
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.ticker import FormatStrFormatter, FuncFormatter

from backtrader_walkforward.data.frequency import bars_a_year, name_of_bar
from backtrader_walkforward.reports.drawing.style import SHEET_STYLE, chart_style
from backtrader_walkforward.reports.formatting import axis_percent
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.section import Table

STRATEGY = "Strategy"
WORST = 10
"""Drawdowns in the table."""

CHARTS: Mapping[str, dict[str, Any]] = {
    "returns": {"figsize": (8, 5), "subtitle": False, "prepare_returns": False},
    "drawdown": {"figsize": (8, 3), "subtitle": False},
    "monthly_heatmap": {"figsize": (8, 4), "cbar": False, "returns_label": STRATEGY},
    "distribution": {"figsize": (8, 4), "subtitle": False, "title": STRATEGY, "prepare_returns": False},
}
"""Functions of `quantstats.plots` with their arguments, in the order of the sheet."""

ROLLING = {"figsize": (8, 3), "subtitle": False}
ROLLING_CHARTS = ("rolling_sharpe", "rolling_volatility")
"""Charts over half a year, which come last, of curves that are longer."""

WITH_BENCHMARK = ("returns", "monthly_heatmap", "rolling_volatility")
"""Charts that are given the benchmark, too."""


def quantstats_sheet(returns: pd.Series, benchmark: pd.Series, benchmark_name: str) -> html.Html:
    """Return the charts and tables as part of a page; rolling charts only of curves longer than their window.

    Note
    ----
    `match_dates=True` would drop the leading days without a position, and change every ratio.
    """
    strategy, other = returns.rename(STRATEGY), benchmark.rename(benchmark_name.capitalize())
    per_year = bars_a_year(pd.DatetimeIndex(returns.index))
    rolling = ROLLING | {"period": per_year // 2, "periods_per_year": per_year}
    drawn = dict(CHARTS) | (dict.fromkeys(ROLLING_CHARTS, rolling) if len(strategy) > per_year // 2 else {})
    with _sheet_style():
        charts = [_chart(name, options, strategy, other) for name, options in drawn.items()]
    tables = {
        "Key performance metrics": _metrics_table(strategy, other, per_year),
        "Returns by year": _yearly_table(strategy, other),
        f"Worst {WORST} drawdowns": _drawdowns_table(strategy),
    }
    left = html.lines(html.element("div", picture) for picture in charts)
    right = html.lines(f"{html.element('h2', title)}\n{html.table_html(table)}" for title, table in tables.items())
    version = html.escaped(quantstats.__version__)
    return html.Html(
        f'<p class="credit">Charts and tables by QuantStats {version}: {per_year} {name_of_bar(per_year)}s a year, no'
        ' risk-free rate, returns compounded. "Win Days" counts days; the win rate above counts trades. "Prob. Sharpe'
        ' Ratio" is the confidence level of a test against 0 of this variant alone, not a probability of skill.</p>\n'
        f'<div id="sheet">\n<div id="left">\n{left}\n</div>\n<div id="right">\n{right}\n</div>\n</div>\n'
    )


def _chart(name: str, options: Mapping[str, Any], returns: pd.Series, benchmark: pd.Series) -> html.Html:
    """Return one chart as SVG text."""
    picture = io.StringIO()
    series = (returns, benchmark) if name in WITH_BENCHMARK else (returns,)
    output = {"savefig": {"fname": picture, "format": "svg"}, "show": False, "ylabel": ""}
    getattr(quantstats.plots, name)(*series, **options, **output)
    return html.inline_svg(picture.getvalue())


def _metrics_table(returns: pd.Series, benchmark: pd.Series, per_year: int) -> Table:
    """Return QuantStats' metrics of the strategy and the benchmark; empty rows part its groups."""
    found = quantstats.reports.metrics(
        returns.copy(),
        benchmark.copy(),
        display=False,
        mode="full",
        sep=True,
        internal="True",  # figures as text, shares in percent
        periods_per_year=per_year,
        prepare_returns=False,
        benchmark_title=benchmark.name,
        strategy_title=returns.name,
        match_dates=False,
    )[2:]
    few_fonts_have = "\N{SMALL PERCENT SIGN}"
    return _table_of("Metric", found.set_axis(found.index.str.replace(few_fonts_have, "%")))


def _yearly_table(returns: pd.Series, benchmark: pd.Series) -> Table:
    """Return the returns of each calendar year."""
    found = quantstats.stats.compare(returns, benchmark, "YE", prepare_returns=False)
    forms = {"Benchmark": "{:.2f}%", "Returns": "{:.2f}%", "Multiplier": "{:.2f}"}
    shown = found.assign(**{name: found[name].map(form.format) for name, form in forms.items()})
    return _table_of("Year", shown.rename(columns={"Benchmark": benchmark.name, "Returns": STRATEGY}))


def _drawdowns_table(returns: pd.Series) -> Table:
    """Return the deepest drawdowns."""
    found = quantstats.stats.drawdown_details(quantstats.stats.to_drawdown_series(returns))
    worst = found.sort_values("max drawdown")[:WORST]
    depth = worst["max drawdown"].map("{:.2f}%".format)
    shown = pd.DataFrame({"Recovered": worst["end"], "Drawdown": depth, "Days": worst["days"]})
    return _table_of("Started", shown.set_axis(worst["start"]))


def _table_of(index: str, frame: pd.DataFrame) -> Table:
    """Return a frame as a table of text, its index first."""
    return Table(
        headings=(index, *frame.columns), rows=[list(map(str, row)) for row in frame.itertuples()], folded=False
    )


def _takes_more_room(axis: Axis) -> bool:
    """Give the labels of an axis the digits they need; tell whether they take more room then.

    QuantStats rounds to whole percentages and to two decimals: a curve of a small strategy has the labels 0%, 0%, -0%.
    """
    places, formatter = list(map(float, axis.get_majorticklocs())), axis.get_major_formatter()
    before = formatter.format_ticks(places)
    if isinstance(formatter, FuncFormatter) and all(label.endswith("%") for label in before):
        axis.set_major_formatter(axis_percent)
    elif isinstance(formatter, FormatStrFormatter) and len(set(before)) < len(before):
        axis.set_major_formatter(lambda value, _: f"{round(value, 10):z,.9g}")
    after = axis.get_major_formatter().format_ticks(places)
    return max(map(len, after), default=0) > max(map(len, before), default=0)


class FigureCanvas(FigureCanvasSVG):
    """The SVG canvas of `pyplot`, for figures that are saved once and closed: it draws each of them once.

    `pyplot.savefig` draws a figure to nowhere to lay it out, saves it, and draws it again for a screen that is not
    there.
    """

    def print_figure(self, *args: Any, **kwargs: Any) -> Any:
        """Save a figure that has been laid out, by `Figure.tight_layout` say; labels have the digits they need."""
        self.figure.set_layout_engine(None)
        longer = [_takes_more_room(axis) for each in self.figure.axes for axis in (each.xaxis, each.yaxis)]
        if any(longer):
            self.figure.tight_layout()
        return super().print_figure(*args, **kwargs)

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no screen."""


@contextlib.contextmanager
def _sheet_style() -> Iterator[None]:
    """Draw off screen in our style, and leave no figure behind even when QuantStats fails midway."""
    pyplot.switch_backend(f"module://{__name__}")
    before = set(pyplot.get_fignums())
    try:
        with chart_style(SHEET_STYLE):
            yield
    finally:
        for number in set(pyplot.get_fignums()) - before:
            pyplot.close(number)
