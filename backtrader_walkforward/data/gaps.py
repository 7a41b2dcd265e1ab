"""Notes on the days of prices: sessions that are missing, days that are none, and bars that are not daily."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.data.calendar import EARLIEST, MARGIN, ExchangeCalendar
from backtrader_walkforward.data.frequency import FEWEST_DAILY, bars_a_year

MOST_CLOSED = 5
"""Weekdays in a row on which an exchange may be closed. New York's longest closure since 1933 is four, in 2001."""


def gap_notes(frame: pd.DataFrame, calendar: ExchangeCalendar | None) -> list[str]:
    """Return a line on sessions without prices and on prices without a session, or on bars that are not daily.

    Without a calendar only a gap that is longer than any closure is told.
    """
    days = pd.DatetimeIndex(frame.index)
    if days.empty:
        return []
    per_year = bars_a_year(days)
    if per_year < FEWEST_DAILY:
        kind = {52: "weekly", 12: "monthly"}.get(per_year, "not daily")
        return [f"these bars are {kind}: figures of a year count {per_year} of them, settings in days count bars"]
    return list(_unlike(days, calendar) if calendar else _long_gaps(days))


def _unlike(days: pd.DatetimeIndex, calendar: ExchangeCalendar) -> Iterator[str]:
    end = calendar.known[1]
    if days[-1].date() > end:
        yield f"the calendar of {calendar.name} ends on {end}: weekdays after it count as sessions, and none is missed"
        days = days[days <= pd.Timestamp(end)]
        if days.empty:
            return
    sessions = calendar.sessions(max(days[0].date(), EARLIEST) - MARGIN, days[-1].date())
    if len(missing := sessions[sessions >= days[0]].difference(days)):
        yield f"no prices of {_first(missing)}, a session of {calendar.name}"
    known = days[days >= sessions[0]] if len(sessions) else days[:0]  # of earlier days the calendar says nothing
    if len(extra := known.difference(sessions)):
        yield f"prices of {_first(extra)}, on which {calendar.name} has no session"


def _first(days: pd.DatetimeIndex) -> str:
    return f"{days[0]:%A}, {days[0]:%Y-%m-%d}" + (f" (and {len(days) - 1} more)" if len(days) > 1 else "")


def _long_gaps(days: pd.DatetimeIndex) -> Iterator[str]:
    dates = days.to_numpy().astype("datetime64[D]")
    missing = np.busday_count(dates[:-1], dates[1:]) - 1
    for row in np.flatnonzero(missing > MOST_CLOSED):
        yield f"no prices on {missing[row]} weekdays between {dates[row]} and {dates[row + 1]}"
