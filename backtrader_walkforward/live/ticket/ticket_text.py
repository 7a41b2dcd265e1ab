"""The ticket as a terminal shows it."""

import math
from collections.abc import Iterator, Mapping
from typing import Protocol

from backtrader_walkforward.live.ticket.order_ticket import Ticket, TicketRow
from backtrader_walkforward.live.ticket.stops_text import stops_text
from backtrader_walkforward.reports.formatting import number, percent, price, readable_date
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.system.text import pluralize

HEADINGS = ("Method", "Type", "Weight", "Shares", "Order", "Value")


class Priced(Protocol):
    """What says how exactly shares are shown."""

    @property
    def close(self) -> float:
        """Price of a share."""

    @property
    def whole_shares(self) -> bool:
        """Whether there are no fractions of one."""


def show_ticket(ticket: Ticket, terminal: Terminal) -> None:
    """Print what it stands on, the orders, and what must be known before one is sent."""
    terminal.says("", *heading_of(ticket), "")
    terminal.figures(HEADINGS, [cells_of(row, ticket) for row in ticket.rows], words=2)
    terminal.says("", *notes_for(ticket), "", ticket.significance.verdict, ticket.forecast_verdict)
    terminal.says(*(f"Warning: {warning}" for warning in ticket.significance.warnings))
    terminal.says(*(f"Note: {note}" for note in ticket.notes))


def heading_of(ticket: Ticket) -> list[str]:
    """Return the lines above the table."""
    model = ticket.model
    return [
        f"{ticket.ticker} after the close of {readable_date(ticket.last_date)} at {price(ticket.close)}",
        f"Source:       {ticket.source}",
        f"Next session: {percent(ticket.predicted_return)}, close {price(ticket.predicted_close)}",
        f"Model:        fitted at the close of {readable_date(model.fitted)}, {pluralize(model.sessions, 'session')}"
        f" ago; in this walk the next makes its first forecast in {pluralize(model.until_next, 'session')}",
        *regimes_text(ticket.regimes),
        f"Account:      {number(ticket.capital)}, with a position of {ticket.position:,.15g} shares",
    ]


def regimes_text(regimes: Mapping[str, str]) -> Iterator[str]:
    """Yield a line on the regimes of the last close, by kind; none where none was asked for."""
    if regimes:
        yield f"Regime:       {', '.join(f'{name} ({kind})' for kind, name in regimes.items())}"


def notes_for(ticket: Ticket) -> list[str]:
    """Return what the figures of the table mean."""
    remarks = [
        "Best Sharpe ratio first. Shares are what a weight comes to at the last close; the order is for the open."
    ]
    if any(" split" in row.kind for row in ticket.rows):
        remarks.append("The weight of a hybrid is that of both its parts, as if the capital were split today.")
    return [*remarks, *stops_text(ticket.stops)]


def cells_of(row: TicketRow, ticket: Ticket) -> list[str]:
    """Return one row of the table."""
    return [
        row.name,
        row.kind,
        percent(row.target_weight),
        shares(row.target_shares, ticket),
        order(row.order_shares, ticket),
        number(row.order_value),
    ]


def order(size: float, ticket: Priced) -> str:
    """Return an order as a trader says it."""
    if not size:
        return "none"
    return f"{'buy' if size > 0 else 'sell'} {shares(abs(size), ticket)}"


def shares(size: float, ticket: Priced) -> str:
    """Return a number of shares as text, to a tenth of a unit of money at the last close."""
    whole = ticket.whole_shares and size.is_integer()
    decimals = 0 if whole else max(0, 1 + math.ceil(math.log10(ticket.close)))
    return number(size, decimals)
