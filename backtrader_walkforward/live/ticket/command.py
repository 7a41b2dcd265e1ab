"""The command `signal`: the run up to its verdict, and the order ticket for the next session."""

from collections.abc import Iterator
from datetime import datetime

from backtrader_walkforward.live.freshness import require_fresh
from backtrader_walkforward.live.orders import BEST_FIRST, ORDERS_NOTE, order_text, shares_text
from backtrader_walkforward.live.outlook import Outlook
from backtrader_walkforward.live.stop_orders import stops_of, stops_text
from backtrader_walkforward.live.ticket.order_ticket import Ticket, order_table, total_weight, write_ticket
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.reports import check_writable
from backtrader_walkforward.reports.formatting import number, percent, price
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.study import Result, Stages
from backtrader_walkforward.study.chain import study_prices
from backtrader_walkforward.study.forecasts import prices_of
from backtrader_walkforward.study.plugin_notes import notes_on_plugins
from backtrader_walkforward.study.terminal_progress import TerminalProgress

ROUNDING = 1e-5
"""Share by which an adjusted close may differ from the quoted one for no other reason than its digits."""

HEADINGS = ("Strategy", "Type", "Weight", "Shares", "Order", "Value")


def run_signal(settings: Settings, *, position: float = 0.0, now: datetime | None = None) -> None:
    """Print the order ticket for the next session, and write it to `signals/` under `settings.report.out`.

    `position` is the number of shares held now, negative for a short position. The present, `now`, has a
    time zone and is the machine's clock by default. Nothing is written if the prices are not fresh (`require_fresh`).
    """
    terminal, now = Terminal(quiet=settings.report.quiet), now or datetime.now().astimezone()
    check_writable(settings.report.out, ["signals"])
    with process_pool(settings.machine.workers) as pool, TerminalProgress(terminal) as progress:
        stages = Stages.of(settings)  # first: an unknown name is refused before anything is fetched
        prices = prices_of(settings, progress, now=now, refresh=True).with_notes(*notes_on_plugins())
        require_fresh(prices, settings, now)
        result = study_prices(prices, stages, pool, progress, diagnose=False)
    ticket = ticket_of(result, stages, position)
    show_ticket(ticket, terminal)
    terminal.says("", f"Ticket: {write_ticket(ticket, settings.report.out)}")


def ticket_of(result: Result, stages: Stages, position: float) -> Ticket:
    """Return the ticket of a study that ends at the last close."""
    settings, prices = result.settings, result.prices
    outlook = Outlook.of(prices, result.signals, result.forecasts, settings)
    close = outlook.close if prices.unadjusted_close is None else float(prices.unadjusted_close.iloc[-1])
    active_shares = {variant.name: variant.active_share for variant in stages.variants}
    variants = (
        (ranked.name, ranked.kind, total_weight(float(ranked.weights.iloc[-1]), active_shares[ranked.name]))
        for ranked in result.comparison.ranked
    )
    return Ticket(
        outlook=outlook,
        settings=settings,
        position=position,
        orders=order_table(variants, settings, close=close, position=position),
        stops={variant.name: stops_of(variant, settings) for variant in stages.variants[:-1]},
        significance=result.significance,
        forecast_verdict=result.forecast_summary.skill.verdict,
        data_sha256=prices.sha256,
        notes=(*result.notes, *_shares_note(close, outlook.close)),
    )


def _shares_note(quoted: float, adjusted: float) -> Iterator[str]:
    """Yield a note if the last close has been adjusted: orders are for shares at the price of the day."""
    if abs(quoted / adjusted - 1) > ROUNDING:
        yield f"shares are counted at the close as quoted, {price(quoted)}, which later actions have adjusted"


def show_ticket(ticket: Ticket, terminal: Terminal) -> None:
    """Print the market, the orders, and the notes, verdicts and warnings."""
    close, whole = ticket.outlook.close, ticket.settings.trading.whole_shares
    cells = [
        (
            *(name_text(name), kind, percent(weight), shares_text(target, close, whole)),
            *(order_text(order, close, whole), number(value)),
        )
        for name, kind, weight, target, order, value in ticket.orders.itertuples(index=False)
    ]
    notes = [f"{BEST_FIRST} {ORDERS_NOTE}"]
    if ticket.orders["type"].str.contains(" split").any():
        notes.append("The weight of a hybrid covers both parts, as if the capital were split today.")
    capital = number(ticket.settings.trading.capital)
    account = f"Account:      {capital}, with a position of {ticket.position:,.15g} shares"
    terminal.says("", *ticket.outlook.text(), account, "")
    terminal.figures(HEADINGS, cells, words=2)
    terminal.says("", *notes, *stops_text(ticket.stops), "", ticket.significance.verdict, ticket.forecast_verdict)
    terminal.says(*(f"Warning: {text}" for text in ticket.significance.warnings))
    terminal.says(*(f"Note: {note}" for note in ticket.notes))
