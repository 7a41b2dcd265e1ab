"""The volatility regime: low, middle or high compared with all earlier days."""

import numpy as np
import pandas as pd

from backtrader_walkforward.settings.choices import REGIME_CODES

LEAST_DAYS = 60
"""Fewest days with a volatility for terciles: 20 in each third."""


def volatility_regime(volatility: pd.Series) -> np.ndarray:
    """Return the third in which each day's volatility lies among those of all days up to its own.

    `low_volatility` up to the first tercile, `high_volatility` above the second, `mid_volatility` between. It is low
    where both terciles are equal, because nothing moves.

    Parameters
    ----------
    volatility : Series (n_bars,)
        The feature of that name: the standard deviation of the last 20 daily returns.

    Returns
    -------
    array (n_bars,)
        Codes of `choices.REGIME_CODES`; NaN until 60 days have a volatility.
    """
    seen = volatility.expanding(min_periods=LEAST_DAYS)
    first, second = seen.quantile(1 / 3), seen.quantile(2 / 3)
    codes = np.select(
        [volatility <= first, volatility > second],
        [REGIME_CODES["low_volatility"], REGIME_CODES["high_volatility"]],
        REGIME_CODES["mid_volatility"],
    )
    return np.where(volatility.isna() | first.isna(), np.nan, codes)
