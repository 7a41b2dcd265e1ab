"""Indicators of level: earlier closes, their averages, and the difference of two averages."""

import numpy as np
import pandas as pd
import talib


def lag(close: np.ndarray, days: int) -> np.ndarray:
    """Close `days` bars ago."""
    return pd.Series(close).shift(days).to_numpy()


def sma(close: np.ndarray, days: int) -> np.ndarray:
    """Simple moving average: mean of the last `days` closes."""
    return talib.SMA(close, days)


def ema(close: np.ndarray, days: int) -> np.ndarray:
    """Exponential moving average: e += 2 / (days + 1) * (c - e), begun with the mean of the first `days` closes.

    pandas' `ewm(adjust=False)` begins with the first close instead; the two meet after a few times `days`.
    """
    return talib.EMA(close, days)


def macd(close: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Moving average convergence divergence: 12-day less 26-day EMA, the 9-day EMA of that, and the difference.

    TA-Lib's: both averages begin on the 26th bar, so that `macd` is not `ema_12 - ema_26` in its first rows. They part
    by up to 0.3 % of a price that moves 1 % a day, then by 15 % less each day.
    """
    return talib.MACD(close, 12, 26, 9)
