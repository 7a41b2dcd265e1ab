"""Tickers by year as a table of coloured figures: blue above 0, orange below."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from backtrader_walkforward.reports.formatting import MINUS, number
from backtrader_walkforward.reports.pages import html

SHADES = 4
"""Shades of each colour."""

LEAST_SCALE = 0.05
"""Correlation of the darkest shade where all are smaller."""


def heat_map(by_year: pd.DataFrame, links: Mapping[str, str]) -> html.Html:
    """Return the correlations of a ticker (row) in a year (column), the median of all tickers first."""
    scale = scale_of(by_year)
    head = html.element("tr", html.element("th", "Ticker", kind="text"), *(html.element("th", y) for y in by_year))
    median = row_of(html.element("b", "Median"), by_year.median(), scale)
    rows = (row_of(html.link(str(name), links.get(str(name))), row, scale) for name, row in by_year.iterrows())
    body = html.lines(["<tbody>", *rows, "</tbody>"])
    table = html.element(
        "table", html.element("thead", head), html.element("tbody", median), body, kind="ranking heat sortable"
    )
    width = f"max-width: {12 + 6 * by_year.shape[1]}rem"
    return html.lines([scale_bar(scale), html.scrolling(table, "Tickers by year", kind="tall", style=width)])


def scale_of(by_year: pd.DataFrame) -> float:
    """Return the correlation of the darkest shade: 98 of 100 are smaller."""
    known = by_year.abs().to_numpy(float)
    known = known[np.isfinite(known)]
    return max(LEAST_SCALE, round(float(np.quantile(known, 0.98)), 2)) if len(known) else LEAST_SCALE


def row_of(name: html.Html, values: pd.Series, scale: float) -> html.Html:
    """Return one row of the table."""
    return html.element("tr", html.element("td", name, kind="text"), *(cell(value, scale) for value in values))


def cell(value: float, scale: float) -> html.Html:
    """Return a correlation in two decimals on its colour; an empty cell where there is none."""
    if not np.isfinite(value):
        return html.element("td", html.Html('<data value=""></data>'))
    text = number(value).replace("-", MINUS)
    return html.element("td", html.Html(f'<data value="{value!r}">{text}</data>'), kind=shade(value, scale))


def shade(value: float, scale: float) -> str:
    """Return the class of a colour: `up-1` to `up-4`, `down-1` to `down-4`, none close to 0.

    >>> shade(0.1, 0.1), shade(-0.05, 0.1), shade(0.004, 0.1), shade(9.0, 0.1)
    ('up-4', 'down-2', '', 'up-4')
    """
    step = min(SHADES, round(abs(value) / scale * SHADES))
    return f"{'up' if value > 0 else 'down'}-{step}" if step else ""


def scale_bar(scale: float) -> html.Html:
    """Return what the colours stand for."""
    steps = [f"down-{step}" for step in range(SHADES, 0, -1)] + [""] + [f"up-{step}" for step in range(1, SHADES + 1)]
    shades = html.Html("".join(html.element("i", kind=step) for step in steps))
    low, high = number(-scale).replace("-", MINUS), number(scale)
    return html.element("p", f"{low} ", html.element("span", shades, kind="shades"), f" {high}", kind="scale heat")
