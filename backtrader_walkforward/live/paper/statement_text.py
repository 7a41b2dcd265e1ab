"""The statement of an session as a terminal shows it."""

from collections.abc import Iterator

from backtrader_walkforward.live.paper.statement import AccountRow, Statement
from backtrader_walkforward.live.ticket.stops_text import resting_text, stops_text
from backtrader_walkforward.live.ticket.ticket_text import order, regimes_text, shares
from backtrader_walkforward.reports.formatting import number, percent, price, readable_date
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.system.text import pluralize

HEADINGS = ("Method", "Type", "Equity", "Return", "Shares", "Weight", "Order")

MOST_FILLS = 24
"""Fills that are spelled out; the ledger has all."""


def show_statement(statement: Statement, terminal: Terminal) -> None:
    """Print what the accounts are, what they order, and what must be known before one is followed."""
    terminal.says("", *heading_of(statement), "")
    terminal.figures(HEADINGS, [cells_of(row, statement) for row in statement.rows], words=2)
    terminal.says("", *notes_for(statement), *fills_in(statement), "", *significance_lines(statement))
    terminal.says(*(f"Note: {note}" for note in statement.notes))


def heading_of(statement: Statement) -> list[str]:
    """Return the lines above the table."""
    model, first, last = statement.model, readable_date(statement.first_date), readable_date(statement.last_date)
    return [
        f"{statement.ticker} after the close of {last} at {price(statement.close)}",
        f"Source:       {statement.source}",
        f"Next session: {percent(statement.predicted_return)}, close"
        f" {price(statement.close * (1 + statement.predicted_return))}",
        f"Model:        fitted at the close of {readable_date(model.fitted)}, {pluralize(model.sessions, 'session')}"
        f" ago; a new one makes its first forecast in {pluralize(model.until_next, 'session')}",
        *regimes_text(statement.regimes),
        f"Ledger:       {pluralize(statement.sessions, 'session')} since {first}, {summary_line(statement)}",
    ]


def summary_line(statement: Statement) -> str:
    """Return what the session added."""
    if not statement.added:
        return "nothing new this session"
    caught_up = f"; {pluralize(statement.added - 1, 'session')} caught up" if statement.added > 1 else ""
    return f"the last one recorded now{caught_up}"


def notes_for(statement: Statement) -> Iterator[str]:
    """Yield what the figures of the table mean, and which stops go with the orders."""
    if statement.fill == "close":
        yield "Orders fill at the close at which they are decided (--fill close), which nobody can have."
    else:
        yield "Best Sharpe ratio first. Orders are for the next open, their shares those of the last close."
    yield from stops_text(statement.stops)
    yield from resting_text(statement.resting)


def fills_in(statement: Statement) -> Iterator[str]:
    """Yield the fills that became known, a line each."""
    fills = statement.fills.sort_values("day", kind="stable").to_dict("records")
    if fills:
        yield ""
    if len(fills) > MOST_FILLS:
        yield f"{number(len(fills), 0)} fills became known; the latest:"
    for fill in fills[-MOST_FILLS:]:
        done = f"{order(fill['size'], statement)} at {price(fill['price'])}, commission {number(fill['commission'])}"
        yield f"Filled on {readable_date(fill['day'])}: {fill['variant']} {done}"


def significance_lines(statement: Statement) -> Iterator[str]:
    """Yield the verdict on the record, or that it is too short for one."""
    if statement.significance is None:
        yield f"Too short to judge: {pluralize(statement.sessions, 'session')} of paper trading."
    else:
        yield statement.significance.verdict
        yield from (f"Warning: {warning}" for warning in statement.significance.warnings)


def cells_of(row: AccountRow, statement: Statement) -> list[str]:
    """Return one row of the table."""
    return [
        row.name,
        row.kind,
        number(row.equity),
        percent(row.total_return),
        shares(row.position, statement),
        percent(row.target_weight),
        order(row.order_shares, statement),
    ]
