"""Orders and shares as text."""

import math

from backtrader_walkforward.reports.formatting import number

ORDERS_NOTE = "The best Sharpe ratio comes first. Shares are computed at the last close; orders are for the next open."


def order_text(size: float, close: float, whole_shares: bool) -> str:
    """Return an order as text.

    >>> order_text(-12.5, 40.0, whole_shares=False), order_text(0.0, 40.0, whole_shares=False)
    ('sell 12.500', 'none')
    """
    if not size:
        return "none"
    return f"{'buy' if size > 0 else 'sell'} {shares_text(abs(size), close, whole_shares)}"


def shares_text(size: float, close: float, whole_shares: bool) -> str:
    """Return a number of shares as text, exact to a tenth of a unit of money at the last close."""
    whole = whole_shares and size.is_integer()
    return number(size, 0 if whole else max(0, 1 + math.ceil(math.log10(close))))
