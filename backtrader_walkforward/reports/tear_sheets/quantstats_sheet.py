"""QuantStats' charts and tables of one curve. The only place that imports QuantStats.

QuantStats is given numbers and the name of the benchmark; every text that goes into the page is escaped here. Its
figures are daily and without a risk-free rate. They equal ours where cash bears no interest.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.metrics import TRADING_DAYS
from backtrader_walkforward.reports.pages.page import escaped, inline_svg, table_html
from backtrader_walkforward.reports.section import Table

STRATEGY = "Strategy"
WORST = 10
"""Drawdowns in the table."""

ROLLING = {"figsize": (8, 3), "subtitle": False, "period": TRADING_DAYS // 2, "periods_per_year": TRADING_DAYS}
CHARTS: Mapping[str, dict[str, Any]] = {
    "returns": {"figsize": (8, 5), "subtitle": False, "prepare_returns": False},
    "drawdown": {"figsize": (8, 3), "subtitle": False},
    "monthly_heatmap": {"figsize": (8, 4), "cbar": False, "returns_label": STRATEGY},
    "distribution": {"figsize": (8, 4), "subtitle": False, "title": STRATEGY, "prepare_returns": False},
    "rolling_sharpe": ROLLING,
    "rolling_volatility": ROLLING,
}
"""Functions of `quantstats.plots` with their arguments, in the order of the sheet."""

WITH_BENCHMARK = ("returns", "monthly_heatmap", "rolling_volatility")
"""Charts that are given the benchmark, too."""


def quantstats_sheet(returns: pd.Series, benchmark: pd.Series, benchmark_name: str) -> str:
    """Return the charts and tables as part of a page; rolling charts only of curves longer than their window.

    Note
    ----
    `match_dates=True` would drop the leading days without a position, and change every ratio.
    """
    with quiet_quantstats():
        import quantstats

        strategy, other = returns.rename(STRATEGY), benchmark.rename(benchmark_name.capitalize())
        with sheet_style():
            charts = [chart(name, strategy, other) for name in CHARTS if len(strategy) > CHARTS[name].get("period", 0)]
        tables = {
            "Key performance metrics": metrics_table(strategy, other),
            "Returns by year": yearly_table(strategy, other),
            f"Worst {WORST} drawdowns": drawdowns_table(strategy),
        }
    left = "\n".join(f"<div>{picture}</div>" for picture in charts)
    right = "\n".join(f"<h2>{escaped(title)}</h2>\n{table_html(table)}" for title, table in tables.items())
    return (
        f'<p class="credit">Charts and tables by QuantStats {escaped(quantstats.__version__)}: {TRADING_DAYS} days a'
        ' year, no risk-free rate, returns compounded. "Win Days" counts days; the win rate above counts trades.</p>\n'
        f'<div id="sheet">\n<div id="left">\n{left}\n</div>\n<div id="right">\n{right}\n</div>\n</div>\n'
    )


def chart(name: str, returns: pd.Series, benchmark: pd.Series) -> str:
    """Return one chart as SVG text."""
    import quantstats

    picture = io.StringIO()
    series = (returns, benchmark) if name in WITH_BENCHMARK else (returns,)
    output = {"savefig": {"fname": picture, "format": "svg"}, "show": False, "ylabel": ""}
    getattr(quantstats.plots, name)(*series, **CHARTS[name], **output)
    return inline_svg(picture.getvalue())


def metrics_table(returns: pd.Series, benchmark: pd.Series) -> Table:
    """Return QuantStats' metrics of the strategy and the benchmark; empty rows part its groups."""
    import quantstats

    found = quantstats.reports.metrics(
        returns.copy(),
        benchmark.copy(),
        display=False,
        mode="full",
        sep=True,
        internal="True",  # figures as text, shares in percent
        periods_per_year=TRADING_DAYS,
        prepare_returns=False,
        benchmark_title=benchmark.name,
        strategy_title=returns.name,
        match_dates=False,
    )[2:]
    return table_of(
        "Metric", found.set_axis(found.index.str.replace("\N{SMALL PERCENT SIGN}", "%"))
    )  # few fonts have it


def yearly_table(returns: pd.Series, benchmark: pd.Series) -> Table:
    """Return the returns of each calendar year."""
    import quantstats

    found = quantstats.stats.compare(returns, benchmark, "YE", prepare_returns=False)
    forms = {"Benchmark": "{:.2f}%", "Returns": "{:.2f}%", "Multiplier": "{:.2f}"}
    shown = found.assign(**{name: found[name].map(form.format) for name, form in forms.items()})
    return table_of("Year", shown.rename(columns={"Benchmark": benchmark.name, "Returns": STRATEGY}))


def drawdowns_table(returns: pd.Series) -> Table:
    """Return the deepest drawdowns."""
    import quantstats

    found = quantstats.stats.drawdown_details(quantstats.stats.to_drawdown_series(returns))
    worst = found.sort_values("max drawdown")[:WORST]
    depth = worst["max drawdown"].map("{:.2f}%".format)
    shown = pd.DataFrame({"Recovered": worst["end"], "Drawdown": depth, "Days": worst["days"]})
    return table_of("Started", shown.set_axis(worst["start"]))


def table_of(index: str, frame: pd.DataFrame) -> Table:
    """Return a frame as a table of text, its index first."""
    rows = [[str(name), *map(str, cells)] for name, cells in zip(frame.index, frame.to_numpy(), strict=True)]
    return Table(headings=(index, *frame.columns), rows=rows, folded=False)


@contextlib.contextmanager
def quiet_quantstats() -> Iterator[None]:
    """Keep QuantStats' prints and its warnings about its own calls of pandas, seaborn and matplotlib to itself."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def sheet_style() -> Iterator[None]:
    """Draw off screen in our style, and leave no figure behind even when QuantStats fails midway."""
    from matplotlib import pyplot

    from backtrader_walkforward.reports.style import SHEET_STYLE, chart_style

    pyplot.switch_backend("module://backtrader_walkforward.reports.tear_sheets.svg_canvas")
    before = set(pyplot.get_fignums())
    try:
        with chart_style(SHEET_STYLE):
            yield
    finally:
        for number in set(pyplot.get_fignums()) - before:
            pyplot.close(number)
