"""The size of a purchase that an account can pay, and whether holding it moves cash."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from backtrader.comminfo import CommInfoBase

from backtrader_walkforward.brokers.commission import TradingCosts

ROUNDING = 1e-12
"""Share of the cash that is never spent, so that rounding never refuses an order."""

LOT_SIZE = "lot_size"
"""Line of a feed: how many shares at its prices are one share as quoted on the day."""

DUST = 1e-9
"""Share of a position below which a difference is rounding, not a trade."""


def is_small(target: Any, held: Any, price: Any, band: float, least_value: float) -> Any:
    """Tell whether the way from the shares held to a target is too short to trade.

    It is if it is at most `band`, a share of the shares held, or worth less than `least_value`. What closes or reverses
    a position is always traded. Works on Series, too.

    >>> is_small(109, 100, 10, 0.1, 0), is_small(0, 100, 10, 0.1, 0), is_small(-1, 2, 10, 0.1, 50)
    (True, False, False)
    >>> is_small(3, 0, 10, 0.1, 50), is_small(5, 0, 10, 0.1, 50)
    (True, False)
    """
    way = abs(target - held)
    return (target * held >= 0) & (target != 0) & ((way <= band * abs(held)) | (way * price < least_value))


def lot_of(data: Any) -> float:
    """Return how many shares at the prices of a feed are one share of the day: its line `lot_size`, 1 without it."""
    lot = data.lot_size[0] if LOT_SIZE in data.getlinealiases() else 1.0
    return lot if lot > 0 else 1.0


def in_lots(target: Any, held: Any, lot: Any) -> Any:
    """Return the target rounded towards zero to whole lots; what is held, if that is less than half a lot away.

    Shares at adjusted prices are a fraction more of the day's shares after each dividend, and by the rounding of the
    prices, which is no reason to trade. What closes a position closes all of it. Works on Series, too.

    >>> float(in_lots(47.0, 0.0, 10.0)), float(in_lots(47.0, 44.0, 10.0)), float(in_lots(-7.0, 4.0, 10.0))
    (40.0, 44.0, 0.0)
    """
    whole = np.trunc(target / lot * (1 + DUST)) * lot + 0.0  # 0.0 in place of -0.0
    return np.where((whole != 0) & (abs(whole - held) < lot / 2), held, whole)


def affordable_size(
    size: float,
    short: float,
    cash: float,
    fill: float,
    commission: Callable[[float, float], float],
    lot: float = 0.0,
    leverage: float = 1.0,
) -> float:
    """Return the largest purchase up to `size` that cash pays, commission included.

    Covering a short is always allowed, as in Backtrader: only what goes beyond it needs cash.

    Parameters
    ----------
    short : float
        Shares owed; none when 0 or below.
    fill : float
        Price of the fill, slippage included.
    commission : callable
        Commission of (size, price). It is charged separately on the part that closes a position and the rest.
    lot : float
        Shares that are bought as one; 0 for any fraction.
    leverage : float
        Value of the shares that 1 in cash buys. Covering a short is paid in full.

    >>> affordable_size(10, 0, 1000, 125, lambda size, price: 0.0)
    7.999999999992
    """
    covered = min(size, max(short, 0.0))

    def fees(size: float) -> float:
        return sum([commission(part, fill) for part in (covered, size - covered) if part])

    wanted, paid = size, fill / leverage
    spendable = (cash - covered * (fill - paid)) * (1 - ROUNDING)
    if size * paid + fees(size) > spendable:
        size = spendable / (paid + fees(size) / size)
        while size > covered and size * paid + fees(size) > spendable:  # a fee that does not scale with the size
            size = min((spendable - fees(size)) / paid, math.nextafter(size, 0.0))
        if lot:
            size = covered + math.floor((size - covered) / lot) * lot
            more = size + lot
            if not covered and more <= wanted and cash - more * fill / leverage >= fees(more):
                size = more  # the cash pays it to the last cent: nothing is left over for rounding
    return max(size, covered)


def free_to_hold(scheme: CommInfoBase) -> bool:
    """Tell whether holding a position moves no cash: no interest, no daily settlement as of futures."""
    kind: Any = type(scheme)
    return scheme.stocklike and not scheme.p.interest and not _moves_cash(kind)


@cache
def _moves_cash(scheme: Any) -> bool:
    """Tell whether a class of schemes has its own notion of interest or settlement."""
    methods = ("cashadjust", "get_credit_interest", "_get_credit_interest")
    free = {getattr(known, method) for known in (CommInfoBase, TradingCosts) for method in methods}
    return any(getattr(scheme, method) not in free for method in methods)
