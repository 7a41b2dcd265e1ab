"""Checks of prices. An error names the first bad row and the number of bad rows."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pandas as pd

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.prices import COLUMNS, PRICE_COLUMNS
from backtrader_walkforward.errors import DataError

SMALLEST, LARGEST = 1e-12, 1e18
"""Limits of prices and volumes: far beyond any market, and their squares and ratios are still finite."""

TOLERANCE = 1e-6
"""Share of the price by which open and close may leave the day's range: adjusted prices are rounded."""

EARLIEST_CLOSE = time(3)
"""Time in UTC before which no exchange closes: Wellington does at 3:45 of the same day."""

REMEDY = "correct it in a file of your own (--csv FILE), or leave it out with --period and --end"

NO_VOLUME = "--csv-columns volume=none"


def validate(frame: pd.DataFrame, *, name: str) -> None:
    """Check that `frame` can be traded on.

    Parameters
    ----------
    frame : DataFrame
        The `prices` type.
    name : str
        Label of the prices; messages begin with it.

    Raises
    ------
    DataError
        If dates repeat or go back, a value is missing or infinite, a price is not above zero, a volume is negative, a
        value is outside the limits, a high is below the low, or an open or close is outside the day's range.
    """
    if frame.empty:
        raise DataError(f"{name}: no rows of prices - choose another --period or --end")
    check_order(frame, name=name)
    for bad, fault in _rules(frame):
        rows = bad.any(axis=1)
        if rows.any():
            remedy = REMEDY if set(bad.columns[bad.any()]) != {"Volume"} else f"{REMEDY}, or add {NO_VOLUME}"
            raise DataError(f"{name}: {_first(frame, bad, fault)}{_and_more(int(rows.sum()))} - {remedy}")


def check_order(frame: pd.DataFrame, *, name: str) -> None:
    """Raise unless every date is later than the one before it."""
    days = frame.index
    repeated = days.duplicated()
    if repeated.any():
        text = f"the date {days[repeated][0]:%Y-%m-%d} appears twice{_and_more(int(repeated.sum()))}"
        raise DataError(f"{name}: {text} - keep one row a day")
    back = np.flatnonzero(days[1:] < days[:-1]) + 1
    if back.size:
        text = f"{days[back[0]]:%Y-%m-%d} comes after {days[back[0] - 1]:%Y-%m-%d}{_and_more(back.size)}"
        raise DataError(f"{name}: the dates are not in order: {text} - sort the rows, oldest first")


def check_past(frame: pd.DataFrame, calendar: ExchangeCalendar | None, now: datetime, *, name: str) -> None:
    """Raise if the session of the last row is not over at `now`. Without a calendar its close is `EARLIEST_CLOSE`."""
    if len(frame):
        day = frame.index[-1].date()
        known = calendar and day <= now.date() + timedelta(days=2)
        closes = calendar.close_of(day) if calendar and known else datetime.combine(day, EARLIEST_CLOSE, UTC)
        if closes > now:
            raise DataError(
                f"{name}: the session of {day} is not over: it closes on {closes:%Y-%m-%d at %H:%M} {closes.tzinfo},"
                f" and it is {now:%Y-%m-%d %H:%M %Z} - correct the date, or leave it out with --end"
            )


def require_rows(frame: pd.DataFrame, needed: int, option_hint: str) -> None:
    """Raise unless `frame` has `needed` rows; `option_hint` ends the message with a remedy."""
    if len(frame) >= needed:
        return
    span = f" ({frame.index[0]:%Y-%m-%d} to {frame.index[-1]:%Y-%m-%d})" if len(frame) else ""
    raise DataError(f"too few rows of prices: {len(frame)}{span}, {needed} are needed - {option_hint}")


def outside_range(frame: pd.DataFrame) -> pd.Series:
    """Return for each row whether open or close is above the high or below the low by more than the tolerance."""
    ends = frame[["Open", "Close"]]
    above = ends.max(axis=1) > frame["High"] * (1 + TOLERANCE)
    below = ends.min(axis=1) < frame["Low"] * (1 - TOLERANCE)
    return above | below


def _rules(frame: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, str]]:
    """Yield, for each rule, the cells that break it and the fault; one column without a name where it is of the row."""
    yield frame[COLUMNS].isna(), "is missing"
    yield frame[COLUMNS].isin([np.inf, -np.inf]), "is infinite"
    yield frame[PRICE_COLUMNS] <= 0, "is not above zero"
    yield frame[["Volume"]] < 0, "is negative"
    yield frame[PRICE_COLUMNS] < SMALLEST, f"is below {SMALLEST:g}"
    yield frame[COLUMNS] > LARGEST, f"is above {LARGEST:g}"
    yield (frame["High"] < frame["Low"]).to_frame(""), "the high is below the low"
    yield outside_range(frame).to_frame(""), "open or close lies outside low to high"


def _first(frame: pd.DataFrame, bad: pd.DataFrame, fault: str) -> str:
    """Return a text about the first bad cell, or about all prices of the first bad row."""
    day = bad.index[bad.any(axis=1)][0]
    row, column = frame.loc[day], bad.loc[day].idxmax()
    if not column:
        shown = ", ".join(f"{name.lower()} {row[name]:g}" for name in PRICE_COLUMNS)
        return f"on {day:%Y-%m-%d} {fault}: {shown}"
    found = "" if np.isnan(row[column]) else f": {row[column]:g}"
    return f"the {column.lower()} of {day:%Y-%m-%d} {fault}{found}"


def _and_more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
