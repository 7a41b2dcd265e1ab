"""When the accounts traded: the table of closed trades, which the page's script draws, sorts and filters."""

from collections.abc import Sequence

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.reports.explore.detail import of_variant
from backtrader_walkforward.reports.explore.embed import data_block
from backtrader_walkforward.reports.explore.look import MONEY
from backtrader_walkforward.reports.formatting import count, display_name
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.fills_text import fills_text
from backtrader_walkforward.reports.run_summary import TRADE_COLUMNS, stacked

SHEET = 100
"""Trades that the page shows at once."""

HEADINGS = {
    "variant": "Strategy",
    "ticker": "Ticker",
    "opened": "Opened",
    "closed": "Closed",
    "profit": "Profit",
    "days": "Days",
    "size": "Size",
    "costs": "Costs",
}
"""Headings of the columns by the names that the script knows; `ticker` only where trades have one."""
TEXTS = ("variant", "ticker", "opened", "closed")
"""Columns that a first click sorts upwards."""

LEAST_SHARE = 1e-9
"""Share of all that was bought and sold below which what is left is rounding, and no position."""


def trades_html(comparison: Comparison) -> html.Html:
    """Return the table with its filters and its data; where no trade was closed, what was bought and sold instead."""
    trades, results = trades_table(comparison), comparison.results
    if trades.empty:
        return fills_html(results)
    labels = [display_name(result.name) for result in results]
    data = {
        "sheet": SHEET,
        "variants": labels,
        "columns": list(trades),
        "trades": trades.to_numpy(object).tolist(),
        "open": [open_at_end(result) for result in results],
        "fills": [fills_text(result) for result in results],
    }
    return html.filled(
        "tables/trades.html",
        {
            "says": (
                f"{count(len(trades))} trades of all variants, each from the first share to none, however often it was"
                " resized in between. Size is that of the first fill, in shares, below 0 for a short trade. Profit and"
                f" costs are {MONEY}; profit is after costs: commission and the borrowing of shares."
            ),
            "options": html.Html("".join(option(place, label) for place, label in enumerate(labels))),
            "head": html.Html("".join(heading(str(name)) for name in trades)),
            "data": data_block("trades-data", data),
        },
    )


def fills_html(results: Sequence[BacktestResult]) -> html.Html:
    """Return when each account traded, of accounts that closed no trade; nothing where none has a fill."""
    texts = [fills_text(result) for result in results]
    if not any(texts):
        return html.Html()
    says = html.element("p", *(of_variant("span", place, text) for place, text in enumerate(texts)), kind="says")
    return html.filled("tables/no_trades.html", {"says": says})


def option(place: int, label: str) -> str:
    """Return a variant as a choice; the best one is chosen at first, as it is in the charts."""
    chosen = "" if place else " selected"
    return f'<option value="{place}"{chosen}>{html.escaped(label)}</option>'


def heading(name: str) -> str:
    """Return the heading of a column."""
    kind = ' class="text"' if name in TEXTS else ""
    return f'<th scope="col"{kind}>{HEADINGS[name]}</th>'


def trades_table(comparison: Comparison) -> pd.DataFrame:
    """Return a row for each closed trade, with the columns of `HEADINGS`: `variant` is its place, `days` calendar days.

    Figures are in full precision, so that what is counted and added on the page is what the metrics count.
    """
    places = {result.name: place for place, result in enumerate(comparison.results)}
    tickers = ["ticker"] if any("ticker" in result.trades for result in comparison.results) else []
    trades = stacked(comparison.results, "trades", [*TRADE_COLUMNS, *tickers])
    opened, closed = (pd.to_datetime(trades[name]).dt.normalize() for name in ("opened", "closed"))
    columns = {
        "variant": trades["strategy"].map(places),
        **{name: trades[name] for name in tickers},
        "opened": opened.dt.strftime("%Y-%m-%d"),
        "closed": closed.dt.strftime("%Y-%m-%d"),
        "profit": trades["profit"].astype(float),
        "days": (closed - opened).dt.days,
        "size": trades["size"].astype(float),
        "costs": (trades["commission"] + trades["borrowing"]).astype(float),
    }
    return pd.DataFrame(columns)


def open_at_end(result: BacktestResult) -> tuple[int, float]:
    """Return how many positions an account holds at the end, and what they earned until then.

    Their profit is what the closed trades and the interest on cash leave of the change of the equity.
    """
    positions = ["account", "ticker"] if "ticker" in result.fills else ["account"]
    fills = result.fills.assign(traded=result.fills["size"].abs())
    sums = fills.groupby(positions)[["size", "traded"]].sum()
    held = int((sums["size"].abs() > LEAST_SHARE * sums["traded"]).sum())
    change = float(result.equity.iloc[-1] - result.equity.iloc[0])
    return held, change - float(result.trades["profit"].sum()) - result.costs.cash_interest
