"""Time frames: the indicators of each day and, beside them, those of the latest closed week and month."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from backtrader_walkforward.features.indicators import WARM_UP, indicators
from backtrader_walkforward.settings.choices import TIMEFRAMES

PERIODS = {"weekly": ("W-SUN", 5), "monthly": ("M", 22)}
"""pandas' names of the calendar's weeks, Monday to Sunday, and months; trading days in each, for what must be fetched.

A market open every day has more.
"""

BAR = {"Open": "first", "High": "max", "Low": "min", "Close": "last", "Volume": "sum"}


def compute_features(prices: pd.DataFrame, timeframes: Collection[str] = ("daily",)) -> pd.DataFrame:
    """Return the indicators of each day in every time frame, daily first.

    A week is closed when a session of a later week has begun, a month likewise: that is known without a calendar of
    holidays. Row t uses rows 0 to t of `prices` and nothing later, so the features of a shorter history are, to the
    bit, the first rows of a longer one's.

    ::

        session       Mo Tu We Th Fr | Mo Tu We Th Fr | Mo Tu
        week           0  0  0  0  0 |  1  1  1  1  1 |  2  2
        weekly bar of  -  -  -  -  - |  0  0  0  0  0 |  1  1

    Parameters
    ----------
    prices : DataFrame (n_bars, 5)
        `Open High Low Close Volume`, validated: finite, positive prices, volume not negative.
    timeframes : collection of {"daily", "weekly", "monthly"}
        In any order.

    Returns
    -------
    DataFrame (n_bars, 31 x frames)
        The columns `FEATURE_NAMES`, then `weekly_lag_1` and so on, the index of `prices`. A time frame has all its
        columns once 34 whole periods have closed; the first period is left out, as the history may begin within it.
    """
    return pd.concat([of_timeframe(prices, timeframe) for timeframe in TIMEFRAMES if timeframe in timeframes], axis=1)


def of_timeframe(prices: pd.DataFrame, timeframe: str) -> pd.DataFrame:
    """Return the 31 indicators of one time frame, as they were known on each day."""
    if timeframe == "daily":
        return indicators(prices)
    periods = pd.DatetimeIndex(prices.index).to_period(PERIODS[timeframe][0])
    bars = prices.groupby(periods).agg(BAR)
    known = on_each_day(indicators(bars.iloc[1:]).reindex(bars.index), periods)
    return known.set_axis(prices.index).add_prefix(f"{timeframe}_")


def on_each_day(by_period: pd.DataFrame, periods: pd.PeriodIndex) -> pd.DataFrame:
    """Return for each day the row of the latest closed period, the one before its own."""
    return by_period.shift(1).loc[periods]


def complete_rows(features: pd.DataFrame) -> np.ndarray:
    """Return a mask (n_bars,) of the rows whose features are all finite."""
    return np.isfinite(features.to_numpy(dtype=float)).all(axis=1)


def complete_days(features: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the days whose features are all finite."""
    return pd.DatetimeIndex(features.index[complete_rows(features)])


def warm_up(timeframes: Collection[str]) -> int:
    """Return the trading days that the features of a period's first day need before it.

    Of weeks and months 34 must have closed, one more lets the first be left out.

    >>> warm_up(["daily"]), warm_up(["daily", "weekly"]), warm_up(["daily", "weekly", "monthly"])
    (33, 175, 770)
    """
    return max((WARM_UP + 2) * PERIODS[name][1] if name in PERIODS else WARM_UP for name in timeframes)
