"""The order ticket on a terminal."""

from backtrader_walkforward.live.orders import ORDERS_NOTE, order_text, shares_text
from backtrader_walkforward.live.stop_orders import stops_text
from backtrader_walkforward.live.ticket.order_ticket import Ticket
from backtrader_walkforward.reports.formatting import number, percent
from backtrader_walkforward.reports.terminal import Terminal

HEADINGS = ("Strategy", "Type", "Weight", "Shares", "Order", "Value")


def show_ticket(ticket: Ticket, terminal: Terminal) -> None:
    """Print the market, the orders, and the notes, verdicts and warnings."""
    close, whole = ticket.outlook.close, ticket.settings.trading.whole_shares
    cells = [
        (name, kind, percent(weight), shares_text(target, close, whole), order_text(order, close, whole), number(value))
        for name, kind, weight, target, order, value in ticket.orders.itertuples(index=False)
    ]
    notes = [ORDERS_NOTE]
    if ticket.orders["type"].str.contains(" split").any():
        notes.append("The weight of a hybrid covers both parts, as if the capital were split today.")
    capital = number(ticket.settings.trading.capital)
    account = f"Account:      {capital}, with a position of {ticket.position:,.15g} shares"
    terminal.says("", *ticket.outlook.text(), account, "")
    terminal.figures(HEADINGS, cells, words=2)
    terminal.says("", *notes, *stops_text(ticket.stops), "", ticket.significance.verdict, ticket.forecast_verdict)
    terminal.says(*(f"Warning: {warning}" for warning in ticket.significance.warnings))
    terminal.says(*(f"Note: {note}" for note in ticket.notes))
