"""The trend regime: the close compared with its mean of 200 days."""

import numpy as np

from backtrader_walkforward.features.averages import sma
from backtrader_walkforward.settings.choices import REGIME_CODES

TREND_DAYS = 200
"""Closes in the mean; with fewer there is no trend."""


def trend_regime(close: np.ndarray) -> np.ndarray:
    """Return `uptrend` where the close is above the mean of the last 200 closes, its own included, else `downtrend`.

    Parameters
    ----------
    close : array (n_bars,)

    Returns
    -------
    array (n_bars,)
        Codes of `choices.REGIME_CODES`; NaN on the first 199 days.
    """
    average = sma(close, TREND_DAYS)
    codes = np.where(close > average, REGIME_CODES["uptrend"], REGIME_CODES["downtrend"])
    return np.where(np.isnan(average), np.nan, codes)
