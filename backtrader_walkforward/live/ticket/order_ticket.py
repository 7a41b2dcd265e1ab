"""The order ticket and its rows, and the arithmetic from a weight to an order."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.brokers.sizing import DUST
from backtrader_walkforward.live.outlook import Outlook
from backtrader_walkforward.significance import Significance


@dataclass(frozen=True)
class TicketRow:
    """The order of one variant.

    Attributes
    ----------
    name, kind : str
        `kelly_hybrid_70_30` and `30/70 split`.
    target_weight : float
        Share of the whole capital to hold. For a hybrid: active share x active weight + passive share, as if the
        capital were split today.
    target_shares, order_shares : float
        Shares to hold, and to buy (above 0) or sell (below 0) from the present position.
    order_value : float
        Value of `order_shares` at the last close.
    """

    name: str
    kind: str
    target_weight: float
    target_shares: float
    order_shares: float
    order_value: float


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """The orders for the next session, computed at the last close.

    Attributes
    ----------
    outlook : Outlook
    capital, position : float
        Value of the account at that close, and the shares that it holds (below 0: short).
    rows : tuple of TicketRow
        In the order of the ranking.
    stops : mapping of str to Stops
        Stops to place for the active part of each variant once it has filled.
    significance, forecast_verdict
        As in a run with the same settings.
    settings : mapping
        Those that decide the results.
    notes : tuple of str
        A line each on prices and accounts.
    """

    outlook: Outlook
    capital: float
    position: float
    whole_shares: bool
    rows: tuple[TicketRow, ...]
    stops: Mapping[str, Stops]
    significance: Significance
    forecast_verdict: str
    data_sha256: str
    settings: Mapping[str, Any]
    notes: tuple[str, ...]


def total_weight(weight: float, active_share: float) -> float:
    """Return the weight of both parts of a hybrid as a share of the whole capital.

    >>> total_weight(-0.5, 0.5), total_weight(0.25, 1.0)
    (0.25, 0.25)
    """
    return active_share * weight + (1 - active_share)


def row_of(
    name: str, kind: str, weight: float, *, close: float, capital: float, position: float, whole_shares: bool
) -> TicketRow:
    """Return the order of one variant. A difference that is only rounding gives no order.

    Target shares are weight x capital / close, rounded towards zero with `whole_shares`. The order fills at the next
    open; the broker of a backtest sizes it there, so that the fill differs with the price.
    """
    target = weight * capital / close
    if whole_shares:
        target = float(math.trunc(target * (1 + DUST)))
    order = target - position
    if abs(order) <= DUST * max(abs(target), abs(position)):
        order = 0.0
    return TicketRow(name, kind, weight, target, order, order * close)
