"""`signals/{TICKER}_{DATE}.json`: the order ticket for programs."""

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
    """Write the ticket under `out`, and return its path. A ticket of the same session is replaced.

    Raises
    ------
    UserError
        If `out` cannot be written.
    """
    path = out / "signals" / f"{safe_stem(ticket.outlook.ticker)}_{ticket.outlook.last_date}.json"
    with writable(out):
        write_whole(path, json.dumps(ticket_entry(ticket), indent=2, allow_nan=False, ensure_ascii=False) + "\n")
    return path


def ticket_entry(ticket: Ticket) -> dict[str, Any]:
    """Return the ticket as plain JSON values; the names of `results.json` mean the same here.

    Weights and returns are fractions, dates are ISO dates, shares to sell are negative, and a stop that is off is null.
    """
    outlook = ticket.outlook
    return {
        "ticker": outlook.ticker,
        "source": outlook.source,
        "last_date": outlook.last_date.isoformat(),
        "close": outlook.close,
        "data_sha256": ticket.data_sha256,
        "settings": json_tree(dict(sorted(ticket.settings.items()))),
        "next_session": {"predicted_return": outlook.predicted_return, "predicted_close": outlook.predicted_close},
        "model": json_tree(asdict(outlook.model)),
        "regimes": dict(outlook.regimes),
        "account": {"capital": ticket.capital, "position": ticket.position},
        "strategies": [row_entry(row, ticket.stops[row.name]) for row in ticket.rows],
        "trials": ticket.significance.trials,
        "significance": significance_entry(ticket.significance),
        "forecast_verdict": ticket.forecast_verdict,
        "notes": list(ticket.notes),
    }


def row_entry(row: TicketRow, stops: Stops) -> dict[str, Any]:
    """Return the order of one variant, and its stops."""
    entry = asdict(row)
    return {"name": entry.pop("name"), "type": entry.pop("kind")} | entry | {"stops": asdict(stops)}
