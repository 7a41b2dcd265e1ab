"""QuantStats' tables of one curve, without the rows that mean nothing for its period."""

import re
from collections.abc import Iterator, Sequence

import pandas as pd
import quantstats

from backtrader_walkforward.reports.section import Table

WORST = 10
"""Drawdowns in the table."""

LEFT_OUT = ("Risk-Free Rate", "Time in Market")
"""A row of zeros, as QuantStats is given no rate, and one for which the page has the exposure, which is exact."""

FEWEST_MONTHS = {
    "3M": 3,
    "6M": 6,
    "1Y": 12,
    "3Y (ann.)": 36,
    "5Y (ann.)": 60,
    "10Y (ann.)": 120,
    "CAGR%": 12,
    "All-time (ann.)": 12,
    "Expected Yearly": 12,
    "Risk-Adjusted Return": 12,
    "Win Quarter": 12,
    "Best Year": 24,
    "Worst Year": 24,
    "Win Year": 24,
}
"""Months that a record needs for a row to mean what it says: a return of ten years, or one raised to a year."""

SINCE = {"MTD": "M", "YTD": "Y"}
"""Returns since the first day of the last month or year: of a record that began before."""


def metrics_table(returns: pd.Series, benchmark: pd.Series, per_year: int) -> Table:
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
    table = _table_of("Metric", found.set_axis(found.index.str.replace(few_fonts_have, "%")).map(two_decimals))
    rows = [row for row in table.rows if means_something(row[0], pd.DatetimeIndex(returns.index))]
    return Table(headings=table.headings, rows=list(single_gaps(rows)), folded=False, title=table.title)


def means_something(name: str, days: pd.DatetimeIndex) -> bool:
    """Return whether a row of that name says something of a record of these days.

    >>> seven_months = pd.bdate_range("2018-05-28", "2018-12-31")
    >>> [name for name in ("6M", "YTD", "MTD", "10Y (ann.)", "Sharpe") if means_something(name, seven_months)]
    ['6M', 'MTD', 'Sharpe']
    """
    first, last = days[[0, -1]]
    if name in SINCE:
        return first.to_period(SINCE[name]) < last.to_period(SINCE[name])
    months = FEWEST_MONTHS.get(name, 0)
    return name not in LEFT_OUT and first + pd.DateOffset(months=months) <= last + pd.DateOffset(days=7)


def single_gaps(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Yield rows with no empty one at the top or after another."""
    before = ""
    for row in rows:
        if row[0] or before:
            yield row
        before = row[0]


def two_decimals(text: str) -> str:
    """Return a figure of one decimal with two, and nothing below 0 that is 0.

    >>> [two_decimals(text) for text in ("0.6", "-12.0%", "-0.0", "102", "2018-12-24")]
    ['0.60', '-12.00%', '0.00', '102', '2018-12-24']
    """
    padded = re.sub(r"(\.\d)(?=%?$)", r"\g<1>0", str(text))
    return padded.removeprefix("-") if re.fullmatch(r"-0\.00%?", padded) else padded


def yearly_table(returns: pd.Series, benchmark: pd.Series) -> Table:
    """Return the returns of each calendar year."""
    found = quantstats.stats.compare(returns, benchmark, "YE", prepare_returns=False)
    forms = {"Benchmark": "{:.2f}%", "Returns": "{:.2f}%", "Multiplier": "{:.2f}"}
    shown = found.assign(**{name: found[name].map(form.format) for name, form in forms.items()})
    return _table_of("Year", shown.rename(columns={"Benchmark": benchmark.name, "Returns": returns.name}))


def drawdowns_table(returns: pd.Series) -> Table:
    """Return the deepest drawdowns; one that lasts to the end has not been recovered."""
    series = quantstats.stats.to_drawdown_series(returns)
    worst = quantstats.stats.drawdown_details(series).sort_values("max drawdown")[:WORST]
    lasting = (pd.to_datetime(worst["end"]) == series.index[-1]) & (series.iloc[-1] < 0)
    depth = worst["max drawdown"].map("{:.2f}%".format)
    shown = pd.DataFrame({"Recovered": worst["end"].mask(lasting, "not yet"), "Drawdown": depth, "Days": worst["days"]})
    return _table_of("Started", shown.set_axis(worst["start"]))


def _table_of(index: str, frame: pd.DataFrame) -> Table:
    """Return a frame as a table of text, its index first."""
    rows = [list(map(str, row)) for row in frame.itertuples()]
    return Table(headings=(index, *frame.columns), rows=rows, folded=False, title=f"By {index.lower()}")
