"""`signals/{TICKER}_{DATE}.json`: the ticket for programs to read."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.live.ticket.order_ticket import Ticket, TicketRow
from backtrader_walkforward.reports.formatting import json_tree
from backtrader_walkforward.reports.run_folder import safe_stem, writable
from backtrader_walkforward.reports.sections.significance import significance_entry
from backtrader_walkforward.system.files import write_whole


def write_ticket(ticket: Ticket, out: Path) -> Path:
    """Write the ticket under `out`, over one of the same session; return where it is.

    Raises
    ------
    UserError
        If `out` cannot be written.
    """
    path = out / "signals" / f"{safe_stem(ticket.ticker)}_{ticket.last_date}.json"
    with writable(out):
        write_whole(path, ticket_json(ticket))
    return path


def ticket_json(ticket: Ticket) -> str:
    """Return `ticket_entry` as JSON text; the same ticket gives the same text."""
    return json.dumps(ticket_entry(ticket), indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def ticket_entry(ticket: Ticket) -> dict[str, Any]:
    """Return the ticket as plain JSON values; names that `results.json` has mean the same here.

    Weights and returns are fractions, dates ISO; shares to sell are negative; a stop that is off is null.
    """
    return {
        "ticker": ticket.ticker,
        "source": ticket.source,
        "last_date": ticket.last_date.isoformat(),
        "close": ticket.close,
        "data_sha256": ticket.data_sha256,
        "settings": json_tree(dict(sorted(ticket.settings.items()))),
        "next_session": {"predicted_return": ticket.predicted_return, "predicted_close": ticket.predicted_close},
        "model": json_tree(asdict(ticket.model)),
        "regimes": dict(ticket.regimes),
        "account": {"capital": ticket.capital, "position": ticket.position},
        "strategies": [row_entry(row, ticket.stops[row.name]) for row in ticket.rows],
        "trials": ticket.significance.trials,
        "significance": significance_entry(ticket.significance),
        "forecast_verdict": ticket.forecast_verdict,
        "notes": list(ticket.notes),
    }


def row_entry(row: TicketRow, stops: Stops) -> dict[str, Any]:
    """Return one variant's order, and what is to rest once it has filled."""
    entry = asdict(row)
    return {"name": entry.pop("name"), "type": entry.pop("kind")} | entry | {"stops": asdict(stops)}
