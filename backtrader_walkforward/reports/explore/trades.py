"""The table of closed trades, which the page's script draws, sorts and filters."""

from typing import Any

import pandas as pd

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.explore.embed import data_block
from backtrader_walkforward.reports.formatting import count, display_name
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.run_summary import TRADE_COLUMNS, stacked

SHEET = 100
"""Trades that the page shows at once."""

HEADINGS = ("Strategy", "Opened", "Closed", "Days", "Size", "Profit", "Costs")
TEXTS = ("Strategy", "Opened", "Closed")
"""Columns that a first click sorts upwards."""


def trades_html(comparison: Comparison) -> html.Html:
    """Return the table with its filters and its data; nothing for a run without a closed trade."""
    rows = trade_rows(comparison)
    if not rows:
        return html.Html()
    results = comparison.results
    labels = [display_name(result.name) for result in results]
    return html.filled(
        "tables/trades.html",
        {
            "says": (
                f"{count(len(rows))} trades of all variants, each from the first share to none, however often it was"
                " resized in between. Size is that of the first fill, below 0 for a short trade. Profit is after"
                " costs: commission and the borrowing of shares."
            ),
            "options": html.Html("".join(option(place, label, rows) for place, label in enumerate(labels))),
            "head": html.Html("".join(heading(name) for name in HEADINGS)),
            "data": data_block("trades-data", {"sheet": SHEET, "variants": labels, "trades": rows}),
        },
    )


def option(place: int, label: str, rows: list[list[Any]]) -> str:
    """Return a variant as a choice; the best one is chosen at first, if it closed a trade."""
    chosen = " selected" if place == 0 and any(row[0] == 0 for row in rows) else ""
    return f'<option value="{place}"{chosen}>{html.escaped(label)}</option>'


def heading(name: str) -> str:
    """Return the heading of a column."""
    kind = ' class="text"' if name in TEXTS else ""
    return f'<th scope="col"{kind}>{name}</th>'


def trade_rows(comparison: Comparison) -> list[list[Any]]:
    """Return place of the variant, first and last day, days between them, size, profit and costs of each trade."""
    places = {result.name: place for place, result in enumerate(comparison.results)}
    trades = stacked(comparison.results, "trades", TRADE_COLUMNS)
    opened, closed = (pd.to_datetime(trades[name]).dt.normalize() for name in ("opened", "closed"))
    columns = (
        trades["strategy"].map(places),
        opened.dt.strftime("%Y-%m-%d"),
        closed.dt.strftime("%Y-%m-%d"),
        (closed - opened).dt.days,
        trades["size"].astype(float),
        trades["profit"].astype(float).round(2),
        (trades["commission"] + trades["borrowing"]).astype(float).round(2),
    )
    return [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)]
