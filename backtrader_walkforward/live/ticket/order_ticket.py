"""The order ticket: the orders of every variant, and the file `signals/{TICKER}_{DATE}.json`."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.live.orders import orders_for
from backtrader_walkforward.live.outlook import Outlook
from backtrader_walkforward.reports.data_files import json_text
from backtrader_walkforward.reports.formatting import json_tree
from backtrader_walkforward.reports.run_folder import safe_stem
from backtrader_walkforward.reports.sections.significance import significance_entry
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.system.files import writable, write_whole


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The orders for the next session, computed at the last close."""

    outlook: Outlook
    settings: Settings
    """Their capital is the value of the account."""
    position: float
    """Shares held at that close, below 0 short."""
    orders: pd.DataFrame
    """The orders of the variants, as ranked (`order_table`)."""
    stops: Mapping[str, Stops]
    """Stops to place for the active part of each variant once it has filled."""
    significance: Significance
    forecast_verdict: str
    data_sha256: str
    notes: tuple[str, ...]
    """A line each on prices and accounts."""


def order_table(
    variants: Iterable[tuple[str, str, float]], settings: Settings, *, close: float, position: float
) -> pd.DataFrame:
    """Return the orders of variants: name, kind, and target weight of both parts as a share of the whole capital.

    The columns are `name`, `type`, `target_weight`, `target_shares`, `order_shares` (to buy, below 0 to sell) and
    `order_value` (at the last close).
    """
    table, trading = pd.DataFrame(variants, columns=["name", "type", "target_weight"]), settings.trading
    target, order = orders_for(
        table["target_weight"], equity=trading.capital, close=close, held=position, trading=trading
    )
    return table.assign(target_shares=target, order_shares=order, order_value=order * close)


def total_weight(weight: float, active_share: float) -> float:
    """Return the weight of both parts of a hybrid as a share of the whole capital, as if it were split today.

    >>> total_weight(-0.5, 0.5), total_weight(0.25, 1.0)
    (0.25, 0.25)
    """
    return active_share * weight + (1 - active_share)


def write_ticket(ticket: Ticket, out: Path) -> Path:
    """Write the ticket under `out`, and return its path. A ticket of the same session is replaced."""
    path = out / "signals" / f"{safe_stem(ticket.outlook.ticker)}_{ticket.outlook.last_date}.json"
    with writable(out):
        write_whole(path, json_text(ticket_entry(ticket)))
    return path


def ticket_entry(ticket: Ticket) -> dict[str, Any]:
    """Return the ticket as plain JSON values; the names of `results.json` mean the same here.

    Weights and returns are fractions, dates are ISO dates, shares to sell are negative, and a stop that is off is null.
    """
    outlook = ticket.outlook
    entry = {
        "ticker": outlook.ticker,
        "source": outlook.source,
        "last_date": outlook.last_date,
        "close": outlook.close,
        "data_sha256": ticket.data_sha256,
        "settings": dict(sorted(ticket.settings.result_settings().items())),
        "next_session": {
            "date": outlook.next_session,
            "predicted_return": outlook.predicted_return,
            "predicted_close": outlook.predicted_close,
        },
        "model": asdict(outlook.model),
        "regimes": outlook.regimes,
        "account": {"capital": ticket.settings.trading.capital, "position": ticket.position},
        "strategies": [row | {"stops": asdict(ticket.stops[row["name"]])} for row in ticket.orders.to_dict("records")],
        "trials": ticket.significance.trials,
        "significance": significance_entry(ticket.significance),
        "forecast_verdict": ticket.forecast_verdict,
        "notes": ticket.notes,
    }
    return dict(json_tree(entry))
