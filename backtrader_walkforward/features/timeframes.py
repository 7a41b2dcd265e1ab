"""Time frames: the indicators of each day and, beside them, those of the latest closed week and month."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from backtrader_walkforward.data.calendar import EARLIEST, MARGIN, ExchangeCalendar
from backtrader_walkforward.features.indicators import WARM_UP, indicators
from backtrader_walkforward.settings.choices import TIMEFRAMES

PERIODS = {"weekly": ("W-SUN", 5), "monthly": ("M", 22)}
"""pandas' names of the calendar's weeks, Monday to Sunday, and months; trading days in each, for what must be fetched.

A market open every day has more.
"""

BAR = {"Open": "first", "High": "max", "Low": "min", "Close": "last", "Volume": "sum"}


NEVER = pd.Timestamp(2200, 1, 1)
"""A day after all days."""


def compute_features(
    prices: pd.DataFrame, timeframes: Collection[str] = ("daily",), calendar: ExchangeCalendar | None = None
) -> pd.DataFrame:
    """Return the indicators of each day in every time frame, daily first.

    A week closes with the last session that the calendar has in it, a month likewise: the week of Good Friday with
    Thursday. Without a calendar, or where a session was called off at short notice, it is closed when a session of a
    later week has begun. Row t uses rows 0 to t of `prices` and nothing later, so the features of a shorter history
    are, to the bit, the first rows of a longer one's.

    ::

        session              Mo Tu We Th Fr | Mo Tu We Th Fr | Mo Tu
        week                  0  0  0  0  0 |  1  1  1  1  1 |  2  2
        weekly bar of         -  -  -  -  0 |  0  0  0  0  1 |  1  1
        without a calendar    -  -  -  -  - |  0  0  0  0  0 |  1  1

    Parameters
    ----------
    prices : DataFrame (n_bars, 5)
        `Open High Low Close Volume`, validated: finite, positive prices, volume not negative.
    timeframes : collection of {"daily", "weekly", "monthly"}
        In any order.
    calendar : ExchangeCalendar, optional
        Sessions of the exchange.

    Returns
    -------
    DataFrame (n_bars, 31 x frames)
        The columns `FEATURE_NAMES`, then `weekly_lag_1` and so on, the index of `prices`. A time frame has all its
        columns once 34 whole periods have closed; the first period is left out, as the history may begin within it.
    """
    return pd.concat(
        [of_timeframe(prices, timeframe, calendar) for timeframe in TIMEFRAMES if timeframe in timeframes], axis=1
    )


def of_timeframe(prices: pd.DataFrame, timeframe: str, calendar: ExchangeCalendar | None = None) -> pd.DataFrame:
    """Return the 31 indicators of one time frame, as they were known on each day."""
    if timeframe == "daily":
        return indicators(prices)
    days = pd.DatetimeIndex(prices.index)
    periods = days.to_period(PERIODS[timeframe][0])
    closes = np.zeros(len(days), bool)
    if calendar and len(days):
        last = last_sessions(days, PERIODS[timeframe][0], calendar)
        periods, closes = periods.where(days <= last, periods + 1), days == last  # what comes after it is the next's
    bars = prices.groupby(periods).agg(BAR)
    known = on_each_day(indicators(bars.iloc[1:]).reindex(bars.index), periods, closes)
    return known.set_axis(prices.index).add_prefix(f"{timeframe}_")


def last_sessions(days: pd.DatetimeIndex, freq: str, calendar: ExchangeCalendar) -> pd.DatetimeIndex:
    """Return for each day the last session that was due in its period, `NEVER` where that is not known."""
    periods, (begin, end) = days.to_period(freq), map(pd.Timestamp, calendar.known)
    sessions = calendar.due(max(days[0].date(), EARLIEST) - MARGIN, periods[-1].end_time.date())
    last = sessions.to_series().groupby(sessions.to_period(freq)).max().reindex(periods).fillna(NEVER)
    known = (periods.start_time >= begin) & (periods.end_time <= end)
    return pd.DatetimeIndex(last.where(known, NEVER))


def on_each_day(by_period: pd.DataFrame, periods: pd.PeriodIndex, closes: np.ndarray) -> pd.DataFrame:
    """Return for each day the row of the latest closed period: its own where that closes with it, or the one before."""
    before, own = by_period.shift(1).loc[periods], by_period.loc[periods]
    return pd.DataFrame(np.where(closes[:, None], own, before), before.index, before.columns)


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
