"""Orders for the next session: their shares, and orders as text."""

import math

import numpy as np
import pandas as pd

from backtrader_walkforward.brokers.sizing import DUST, in_lots, is_small
from backtrader_walkforward.reports.formatting import number
from backtrader_walkforward.settings.groups import TradingSettings

BEST_FIRST = "The best Sharpe ratio comes first."

ORDERS_NOTE = "Shares are computed at the last close; orders are for the next open."


def orders_for(
    weights: pd.Series,
    *,
    equity: pd.Series | float,
    close: pd.Series | float,
    held: pd.Series | float,
    trading: TradingSettings,
    lot: pd.Series | float = 1.0,
) -> tuple[pd.Series, pd.Series]:
    """Return the shares to hold for each weight, and the order that leads there from the shares held.

    Shares to hold are weight x equity / close, with `whole_shares` in whole lots (`sizing.in_lots`). An order below 0
    sells. It is 0 if the difference is rounding, or small by `rebalance_band` and `min_order`. It fills at the next
    open; the broker of a backtest sizes it there, so that the fill differs with the price.
    """
    target = weights * equity / close
    if trading.whole_shares:
        target = pd.Series(in_lots(target, held, lot), target.index)
    order = target - held
    is_rounding = order.abs() <= DUST * np.maximum(target.abs(), np.abs(held))
    is_left = is_rounding | is_small(target, held, close, trading.rebalance_band, trading.min_order)
    return target, order.mask(is_left, 0.0)


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
