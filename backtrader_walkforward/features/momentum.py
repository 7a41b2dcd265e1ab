"""Indicators of movement: changes of the price, and their balance."""

import numpy as np
import pandas as pd
import talib

NO_MOVE = 1e-13
"""Average daily move, in price units, under which a price counts as flat; TA-Lib gives up below 1e-14."""


def rsi(close: np.ndarray, days: int = 14) -> np.ndarray:
    """Relative strength index, 0 to 100: 100 * g / (g + d), with Wilder's averages g of rises and d of falls.

    A price that never moved is neither overbought nor oversold: 50, where TA-Lib says 0.
    """
    average_move = talib.ATR(close, close, close, days)
    return np.where(average_move < NO_MOVE, 50.0, talib.RSI(close, days))


def pct_change(close: np.ndarray, days: int) -> np.ndarray:
    """Return over `days` bars: c / c_days - 1."""
    return pd.Series(close).pct_change(days).to_numpy()


def momentum(close: np.ndarray, days: int) -> np.ndarray:
    """Price change over `days` bars: c - c_days."""
    return talib.MOM(close, days)
