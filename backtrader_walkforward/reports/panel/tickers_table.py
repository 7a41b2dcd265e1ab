"""The table of tickers: a row each with a link to its own page; a click on a heading sorts it."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from backtrader_walkforward.reports.formatting import UNDEFINED, count, json_value, number, percent, readable_date
from backtrader_walkforward.reports.pages import html

Form = Callable[[Any], str]

COLUMNS: Mapping[str, tuple[str, Form | None]] = {
    "total_return": ("Return\nof the best", percent),
    "benchmark_return": ("Return of\nbuy & hold", percent),
    "sharpe": ("Sharpe\nof the best", number),
    "best": ("Best\nstrategy", None),
    "correlation": ("Correlation,\nforecast and return", lambda value: number(value, 3)),
    "turnover": ("Turnover\na year", lambda value: number(value, 1)),
    "costs": ("Costs", percent),
    "fills": ("Fills", count),
    "first_day": ("First day", readable_date),
    "last_day": ("Last day", readable_date),
    "days": ("Days", count),
    "notes": ("Notes", None),
}
"""Columns of `tickers` with their headings and forms; None for text."""


def tickers_table(tickers: pd.DataFrame, links: Mapping[str, str]) -> html.Html:
    """Return the table, tickers in order of their names."""
    shown = {name: column for name, column in COLUMNS.items() if name in tickers}
    head = [html.element("th", "Ticker", kind="text")]
    head += [html.element("th", html.heading_html(title), kind=kind_of(form)) for title, form in shown.values()]
    rows = html.lines(row_of(name, row, shown, links) for name, row in tickers.iterrows())
    table = html.element(
        "table",
        html.element("thead", html.element("tr", *head)),
        html.element("tbody", "\n", rows, "\n"),
        kind="ranking sortable",
    )
    return html.scrolling(table, "Tickers", kind="tall")


def kind_of(form: Form | None) -> str:
    """Return the class of a column: text stands at the left."""
    return "text" if form is None else ""


def row_of(
    name: Any, row: pd.Series, shown: Mapping[str, tuple[str, Form | None]], links: Mapping[str, str]
) -> html.Html:
    """Return the row of a ticker."""
    cells = {key: cell(row[key], form) for key, (_, form) in shown.items()}
    if row["notes"]:
        cells["notes"] = html.element("details", html.element("summary", "notes"), row["notes"])
    if row["ended"]:
        cells["last_day"] = html.Html(f"{cells['last_day']} {html.element('span', 'ended', kind='badge')}")
    tds = (html.element("td", cells[key], kind=f"{key} {kind_of(form)}") for key, (_, form) in shown.items())
    return html.element("tr", html.element("td", html.link(str(name), links.get(name)), kind="text"), *tds)


def cell(value: Any, form: Form | None) -> html.Html:
    """Return a figure as read, with its exact value to sort by; text as it is."""
    if form is None:
        return html.escaped(value)
    exact = json_value(value)
    text = UNDEFINED if exact is None else form(value)
    return html.Html(f'<data value="{"" if exact is None else html.escaped(exact)}">{html.escaped(text)}</data>')
