"""Trend: where the close stands beside its average of 200 days."""

import numpy as np

from backtrader_walkforward.features.averages import sma
from backtrader_walkforward.settings.choices import REGIME_CODES

TREND_DAYS = 200
"""Closes in the average; with fewer there is no trend yet."""


def trend_regime(close: np.ndarray) -> np.ndarray:
    """Return `uptrend` where the close lies above the mean of the last 200 closes, else `downtrend`, as codes.

    The day's own close is one of the 200. NaN on the first 199 days.

    Parameters
    ----------
    close : array (n_bars,)

    Returns
    -------
    array (n_bars,)
        Codes of `choices.REGIME_CODES`.
    """
    average = sma(close, TREND_DAYS)
    codes = np.where(close > average, REGIME_CODES["uptrend"], REGIME_CODES["downtrend"])
    return np.where(np.isnan(average), np.nan, codes)
