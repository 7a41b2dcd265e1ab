"""Sessions that seem to be missing, and closes that seem to be of other shares."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

LONGEST_CLOSURE = 5
"""Weekdays an exchange may stay closed in a row: New York's longest since 1933 is four, in September 2001."""

LEAST_SHARE = 0.9
"""Share of the weekdays that has a session on any large exchange, holidays taken off."""

WORTH_A_SHARE = 60
"""Weekdays below which a share says little."""


SPLIT = 2.0
"""Factor by which a close rarely falls, or doubles, in a day unless shares were split or joined."""


def gap_notes(frame: pd.DataFrame) -> list[str]:
    """Return a line for every long gap between two rows, for too few weekdays with a row, and for every leap."""
    return [*_long_gaps(frame), *_thin_calendar(frame), *_leaps(frame)]


def _long_gaps(frame: pd.DataFrame) -> Iterator[str]:
    days = frame.index.to_numpy().astype("datetime64[D]")
    missing = np.busday_count(days[:-1], days[1:]) - 1
    for row in np.flatnonzero(missing > LONGEST_CLOSURE):
        yield f"no prices on {missing[row]} weekdays between {days[row]} and {days[row + 1]}"


def _thin_calendar(frame: pd.DataFrame) -> Iterator[str]:
    if frame.empty:
        return
    days = frame.index.to_numpy().astype("datetime64[D]")
    weekdays = int(np.busday_count(days[0], days[-1] + 1))
    sessions = int(np.is_busday(days).sum())
    if weekdays >= WORTH_A_SHARE and sessions < LEAST_SHARE * weekdays:
        span = f"{weekdays} weekdays from {days[0]} to {days[-1]}"
        yield f"only {sessions} of the {span} have prices: are these daily data?"


def _leaps(frame: pd.DataFrame) -> Iterator[str]:
    days, closes = frame.index.to_numpy().astype("datetime64[D]"), frame["Close"].to_numpy()
    for row in np.flatnonzero(np.maximum(closes[1:] / closes[:-1], closes[:-1] / closes[1:]) >= SPLIT):
        before, after = closes[row : row + 2]
        yield f"the close goes from {before:,.2f} to {after:,.2f} on {days[row + 1]}: a split that is not adjusted for?"
