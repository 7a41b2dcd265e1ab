"""Bars a year, by which every figure of a bar becomes one of a year."""

import numpy as np
import pandas as pd

from backtrader_walkforward.system.text import pluralize

TRADING_DAYS = 252
"""Bars a year of an exchange that is open on weekdays."""

EVERY_DAY = 365
"""Bars a year of a market that never closes."""

DAYS = 365.25
"""Days of a year, leap days included."""

LEAST_SHARE = 1 / 20
"""Share of all bars that a day of the week has if it is traded; a session on a rare Saturday does not count."""

FEWEST_DAILY = 200
"""Bars a year below which a bar is more than a day, or a day with prices is the exception."""

FEWEST_GAPS = 10
"""Gaps between bars below which most of them may be weekends and holidays."""

LONGEST_CLOSURE = 5
"""Days between the bars of an exchange around its longest usual holidays."""


def bars_a_year(days: pd.DatetimeIndex) -> int:
    """Return the bars a year of an index of days.

    Daily bars are 252 a year, 313 or 365 where six or seven days of the week are traded; weekly bars are 52, monthly
    ones 12. They are daily if most gaps are a day, so that a year without bars changes nothing; a few bars are so
    unless each gap is longer than a holiday. So ask with all prices that there are: a test is a part of them.
    """
    gaps = np.diff(days.to_numpy()) / np.timedelta64(1, "D")
    if longer_than_a_day(gaps):
        return max(1, round(DAYS / float(gaps.mean())))
    by_weekday = np.bincount(days.day_of_week, minlength=7)
    traded = int((by_weekday >= max(1, LEAST_SHARE * len(days))).sum())
    return round(DAYS * traded / 7) if traded > 5 else TRADING_DAYS


def longer_than_a_day(gaps: np.ndarray) -> bool:
    """Tell whether bars with these gaps in days are weeks, months or longer."""
    if len(gaps) < FEWEST_GAPS:
        return len(gaps) > 1 and float(gaps.min()) > LONGEST_CLOSURE
    return float(np.median(gaps)) > 1


def name_of_bar(per_year: int) -> str:
    """Return what a bar is called.

    >>> name_of_bar(365), name_of_bar(52), name_of_bar(12), name_of_bar(4)
    ('day', 'week', 'month', 'bar')
    """
    return "day" if per_year >= FEWEST_DAILY else {52: "week", 12: "month"}.get(per_year, "bar")


def traded_bar(per_year: int) -> str:
    """Return what a bar of a test is called: a test has no weekends.

    >>> traded_bar(252), traded_bar(52)
    ('trading day', 'week')
    """
    return "trading day" if per_year >= FEWEST_DAILY else name_of_bar(per_year)


def next_bar(per_year: int) -> str:
    """Return what the bar to come is called: a week has no one session.

    >>> next_bar(252), next_bar(52)
    ('session', 'week')
    """
    return "session" if per_year >= FEWEST_DAILY else name_of_bar(per_year)


def tested_text(tested: int, frame: pd.DataFrame) -> str:
    """Return which bars of a frame are tested.

    >>> tested_text(13, pd.DataFrame(index=pd.date_range("2020-01-03", "2020-12-25", freq="W-FRI")))
    'the last 13 of 52 weeks'
    """
    return f"the last {tested} of {bars_text(frame)}"


def bars_text(frame: pd.DataFrame) -> str:
    """Return how many bars a frame has, by their name.

    >>> bars_text(pd.DataFrame(index=pd.date_range("2020-01-03", "2020-12-25", freq="W-FRI")))
    '52 weeks'
    """
    return pluralize(len(frame), name_of_bar(bars_a_year(pd.DatetimeIndex(frame.index))))
