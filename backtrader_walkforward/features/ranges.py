"""Indicators of spread: Bollinger bands, volatility, and the range of a day."""

import numpy as np
import pandas as pd
import talib

NO_WIDTH = 1e-7
"""Relative band width that counts as none: the rounding of TA-Lib's running variance stays below it."""


def bollinger_bands(close: np.ndarray, days: int = 20) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle, upper and lower band: mean of `days` closes, and two population standard deviations to each side."""
    upper, middle, lower = talib.BBANDS(close, days, 2, 2)
    return middle, upper, lower


def bollinger_width(middle: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Distance between the bands as a fraction of the middle one: (upper - lower) / middle."""
    return (upper - lower) / middle


def bollinger_position(close: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Place of the close between the bands: 0 at the lower, 1 at the upper, more above; 0.5 where the price is flat."""
    width = upper - lower
    flat = width <= NO_WIDTH * close
    return np.where(flat, 0.5, (close - lower) / np.where(flat, 1.0, width))


def volatility(close: np.ndarray, days: int = 20) -> np.ndarray:
    """Sample standard deviation of the last `days` daily returns; a fraction a day, not annual."""
    return pd.Series(close).pct_change().rolling(days).std().to_numpy()


def true_range(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Range of the day, the gap from the last close included: max(h, c_1) - min(l, c_1)."""
    return talib.TRANGE(high, low, close)


def atr(high: np.ndarray, low: np.ndarray, close: np.ndarray, days: int = 14) -> np.ndarray:
    """Average true range: Wilder's average, a += (true_range - a) / days, begun with the first `days` true ranges."""
    return talib.ATR(high, low, close, days)


def high_low_ratio(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Place of the close in the day's range: (c - l) / (h - l); 0 at the low, 1 at the high, 0.5 where h = l."""
    spread = high - low
    return np.where(spread > 0, (close - low) / np.where(spread > 0, spread, 1.0), 0.5)
