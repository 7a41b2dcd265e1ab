"""The regimes as lines of the feed, a column for each kind."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from backtrader_walkforward.features.indicators import sma
from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.regimes.markov import markov_regime
from backtrader_walkforward.settings.choices import REGIME_CODES, REGIMES, regime_line

TREND_DAYS = 200
"""Closes in the mean; with fewer there is no trend."""

LEAST_DAYS = 60
"""Fewest days with a volatility for terciles: 20 in each third."""


def compute_regimes(
    kinds: Collection[str],
    close: pd.Series,
    features: pd.DataFrame,
    walk_forward: WalkForward,
    first_test_day: pd.Timestamp,
) -> pd.DataFrame:
    """Return the regime of each day, a column for each kind.

    Row t uses rows 0 to t alone. So a longer history has the same regimes in its first rows, to the bit, if the test
    begins on the same day.

    Parameters
    ----------
    kinds : collection of {"trend", "volatility", "markov"}
        In any order.
    close : Series (n_bars,)
    features : DataFrame (n_bars, n_features)
        As `compute_features` returns them, with the index of `close`.
    walk_forward : WalkForward
        Its folds are those of the Markov model.
    first_test_day : Timestamp
        Day of the first forecast.

    Returns
    -------
    DataFrame (n_bars, kinds)
        The columns `trend_regime volatility_regime markov_regime` that are asked for, with the index of `close`.
        Codes of `choices.REGIME_CODES`; NaN where the regime is not known.
    """
    compute = {
        "trend": lambda: trend_regime(close.to_numpy(dtype=float)),
        "volatility": lambda: volatility_regime(features["volatility"]),
        "markov": lambda: markov_regime(features, walk_forward, first_test_day),
    }
    return pd.DataFrame({regime_line(kind): compute[kind]() for kind in REGIMES if kind in kinds}, close.index)


def trend_regime(close: np.ndarray) -> np.ndarray:
    """Return `uptrend` where the close is above the mean of the last 200 closes, its own included, else `downtrend`.

    NaN on the first 199 days.
    """
    average = sma(close, TREND_DAYS)
    codes = np.where(close > average, REGIME_CODES["uptrend"], REGIME_CODES["downtrend"])
    return np.where(np.isnan(average), np.nan, codes)


def volatility_regime(volatility: pd.Series) -> np.ndarray:
    """Return the third in which each day's volatility lies among those of all days up to its own.

    `low_volatility` up to the first tercile, `high_volatility` above the second, `mid_volatility` between. It is low
    where both terciles are equal, because nothing moves. NaN until 60 days have a volatility. `volatility` is the
    feature of that name: the standard deviation of the last 20 daily returns.
    """
    seen = volatility.expanding(min_periods=LEAST_DAYS)
    first, second = seen.quantile(1 / 3), seen.quantile(2 / 3)
    codes = np.select(
        [volatility <= first, volatility > second],
        [REGIME_CODES["low_volatility"], REGIME_CODES["high_volatility"]],
        REGIME_CODES["mid_volatility"],
    )
    return np.where(volatility.isna() | first.isna(), np.nan, codes)
