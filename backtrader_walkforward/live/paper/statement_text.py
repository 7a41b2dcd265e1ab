"""The statement after a session on a terminal."""

from collections.abc import Iterator

from backtrader_walkforward.live.orders import ORDERS_NOTE, order_text, shares_text
from backtrader_walkforward.live.paper.statement import Statement
from backtrader_walkforward.live.stop_orders import resting_text, stops_text
from backtrader_walkforward.reports.formatting import number, percent, price, readable_date
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.system.text import pluralize

HEADINGS = ("Strategy", "Type", "Equity", "Return", "Shares", "Weight", "Order")

MOST_FILLS = 24
"""Fills that are shown; the ledger has all."""


def show_statement(statement: Statement, terminal: Terminal) -> None:
    """Print the market, the accounts with their orders, the new fills, the verdict and the notes."""
    close, whole = statement.outlook.close, statement.trading.whole_shares
    cells = [
        (
            *(name, kind, number(equity), percent(total_return)),
            *(shares_text(position, close, whole), percent(weight), order_text(order, close, whole)),
        )
        for name, kind, equity, total_return, position, weight, order in statement.accounts.itertuples(index=False)
    ]
    terminal.says("", *statement.outlook.text(), summary_line(statement), "")
    terminal.figures(HEADINGS, cells, words=2)
    terminal.says("", *notes_of(statement), *fills_text(statement), "", *significance_lines(statement))
    terminal.says(*(f"Note: {note}" for note in statement.notes))


def summary_line(statement: Statement) -> str:
    """Return the length of the record, and what the session added."""
    added = "the last one recorded now" if statement.added else "nothing new to record"
    missed = f", with {pluralize(statement.added - 1, 'missed session')} before it" if statement.added > 1 else ""
    since = readable_date(statement.first_date)
    return f"Ledger:       {pluralize(statement.sessions, 'session')} since {since}, {added}{missed}"


def notes_of(statement: Statement) -> Iterator[str]:
    """Yield the lines that explain the table, and those on stops."""
    if statement.trading.fill == "close":
        yield "Orders fill at the close that they are computed from (--fill close). A real order cannot do this."
    else:
        yield ORDERS_NOTE
    yield from stops_text(statement.stops)
    yield from resting_text(statement.resting)


def fills_text(statement: Statement) -> Iterator[str]:
    """Yield the fills that became known in this session, a line each."""
    fills = statement.fills.sort_values("day", kind="stable").to_dict("records")
    if fills:
        yield ""
    if len(fills) > MOST_FILLS:
        yield f"{number(len(fills), 0)} fills became known. These are the latest:"
    for fill in fills[-MOST_FILLS:]:
        order = order_text(fill["size"], statement.outlook.close, statement.trading.whole_shares)
        yield (
            f"Filled on {readable_date(fill['day'])}: {fill['variant']} {order} at {price(fill['price'])},"
            f" commission {number(fill['commission'])}"
        )


def significance_lines(statement: Statement) -> Iterator[str]:
    """Yield the verdict on the record and its warnings, or that the record is too short for a verdict."""
    if statement.significance is None:
        yield f"The record is too short for a verdict: {pluralize(statement.sessions, 'session')} of paper trading."
    else:
        yield statement.significance.verdict
        yield from (f"Warning: {warning}" for warning in statement.significance.warnings)
