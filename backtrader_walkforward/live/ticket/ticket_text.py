"""The order ticket on a terminal."""

from backtrader_walkforward.live.order_text import ORDERS_NOTE, order_text, shares_text
from backtrader_walkforward.live.stops_text import stops_text
from backtrader_walkforward.live.ticket.order_ticket import Ticket, TicketRow
from backtrader_walkforward.reports.formatting import number, percent
from backtrader_walkforward.reports.terminal import Terminal

HEADINGS = ("Strategy", "Type", "Weight", "Shares", "Order", "Value")


def show_ticket(ticket: Ticket, terminal: Terminal) -> None:
    """Print the market, the orders, and the notes, verdicts and warnings."""
    account = f"Account:      {number(ticket.capital)}, with a position of {ticket.position:,.15g} shares"
    terminal.says("", *ticket.outlook.text(), account, "")
    terminal.figures(HEADINGS, [cells_of(row, ticket) for row in ticket.rows], words=2)
    terminal.says("", *notes_of(ticket), "", ticket.significance.verdict, ticket.forecast_verdict)
    terminal.says(*(f"Warning: {warning}" for warning in ticket.significance.warnings))
    terminal.says(*(f"Note: {note}" for note in ticket.notes))


def notes_of(ticket: Ticket) -> list[str]:
    """Return the lines that explain the table."""
    notes = [ORDERS_NOTE]
    if any(" split" in row.kind for row in ticket.rows):
        notes.append("The weight of a hybrid covers both parts, as if the capital were split today.")
    return [*notes, *stops_text(ticket.stops)]


def cells_of(row: TicketRow, ticket: Ticket) -> list[str]:
    """Return one row of the table."""
    close, whole = ticket.outlook.close, ticket.whole_shares
    return [
        row.name,
        row.kind,
        percent(row.target_weight),
        shares_text(row.target_shares, close, whole),
        order_text(row.order_shares, close, whole),
        number(row.order_value),
    ]
