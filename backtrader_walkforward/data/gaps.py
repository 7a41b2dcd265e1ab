"""Notes on the days of prices: sessions that seem to be missing."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

LONGEST_CLOSURE = 5
"""Weekdays in a row on which an exchange may be closed. New York's longest closure since 1933 is four, in 2001."""

LEAST_SHARE = 0.9
"""Smallest share of the weekdays with a session on any large exchange; the others are holidays."""

WORTH_A_SHARE = 60
"""Smallest number of weekdays for which this share is computed."""


def gap_notes(frame: pd.DataFrame) -> list[str]:
    """Return a line on every long gap, and on too few rows for the number of weekdays."""
    return [*_long_gaps(frame), *_thin_calendar(frame)]


def _long_gaps(frame: pd.DataFrame) -> Iterator[str]:
    days = frame.index.to_numpy().astype("datetime64[D]")
    missing = np.busday_count(days[:-1], days[1:]) - 1
    for row in np.flatnonzero(missing > LONGEST_CLOSURE):
        yield f"no prices on {missing[row]} weekdays between {days[row]} and {days[row + 1]}"


def _thin_calendar(frame: pd.DataFrame) -> Iterator[str]:
    if frame.empty:
        return
    days = frame.index.to_numpy().astype("datetime64[D]")
    weekdays = int(np.busday_count(days[0], days[-1] + np.timedelta64(1, "D")))
    sessions = int(np.is_busday(days).sum())
    if weekdays >= WORTH_A_SHARE and sessions < LEAST_SHARE * weekdays:
        span = f"{weekdays} weekdays from {days[0]} to {days[-1]}"
        yield f"only {sessions} of the {span} have prices: are these daily data?"
