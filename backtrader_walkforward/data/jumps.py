"""Notes on doubtful prices: splits that seem not to be adjusted for, single prices far from the rest, idle bars."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pandas as pd

MOST = 1000
"""Largest number of old shares in a split."""

RATIOS = tuple(
    map(Fraction, ("5/4", "4/3", "3/2", "2", "5/2", *map(str, (*range(3, 11), 12, 15, 20, 25, 30, 50, 100))))
)
"""Ratios of splits."""

LEAST_REVERSE = 1.5
"""Smallest ratio of a reverse split: prices that rise by less are days with news, as of a takeover."""

OVERNIGHT, WHOLE_DAY = 0.05, 0.1
"""Largest share by which the open and the close after a split may miss its ratio: the market moves on that day, too."""

LEAP = 2.0
"""Factor between two closes that is told in any case."""

FAR = 1.5
"""Factor between a price and those beside it from which on it is told."""

IDLE_BARS = 5
"""Bars in a row without volume or range that are told: a week. Some shares are not traded every day."""


def jump_notes(frame: pd.DataFrame) -> list[str]:
    """Return a line on every likely split, on columns with prices far from the rest, and on every row of idle bars."""
    return [*_splits(frame), *_far_prices(frame), *_idle_bars(frame)]


def nearest_split(change: pd.Series) -> pd.Series:
    """Return the usual ratio of a split, new shares for one old, nearest to each price before / price after."""
    ratios = np.array(RATIOS, dtype=float)
    found = ratios[np.abs(np.abs(np.log(change.to_numpy()))[:, None] - np.log(ratios)).argmin(axis=1)]
    return pd.Series(np.where(change > 1, found, 1 / found), change.index)


def split_ratio(split: float) -> Fraction:
    """Return new shares for one old as a ratio of whole numbers, as it is announced.

    >>> split_ratio(1.5), split_ratio(0.1)
    (Fraction(3, 2), Fraction(1, 10))
    """
    return Fraction(split).limit_denominator(MOST)


def likely_splits(frame: pd.DataFrame) -> pd.Series:
    """Return for each row new shares for one old if it looks like the first after a split, else 1."""
    before = frame["Close"].shift()
    by_open, by_close = before / frame["Open"], before / frame["Close"]
    splits = nearest_split(by_open)
    fits = (np.abs(np.log(by_open / splits)) <= np.log1p(OVERNIGHT)) & (
        np.abs(np.log(by_close / splits)) <= np.log1p(WHOLE_DAY)
    )
    return splits.where(fits & ((splits > 1) | (splits <= 1 / LEAST_REVERSE)), 1.0)


def _splits(frame: pd.DataFrame) -> Iterator[str]:
    before, splits = frame["Close"].shift(), likely_splits(frame)
    leaps = np.abs(np.log(before / frame["Close"])) >= np.log(LEAP)
    for row in np.flatnonzero((splits != 1) | leaps).tolist():
        more, fewer = split_ratio(splits.iloc[row]).as_integer_ratio()
        yield (
            f"the close goes from {before.iloc[row]:,.2f} to {frame['Close'].iloc[row]:,.2f} on"
            f" {frame.index[row]:%Y-%m-%d}: a split{f' {more}:{fewer}' if more != fewer else ''} that is not adjusted"
            " for?"
        )


def _far_prices(frame: pd.DataFrame) -> Iterator[str]:
    """Compare each price with those beside it in time: one that leaps and comes back is far from all of them."""
    opens, closes = frame["Open"], frame["Close"]
    day = [closes.shift(), opens, closes]
    neighbours = {"Open": [closes.shift(), closes], "High": day, "Low": day, "Close": [opens, opens.shift(-1)]}
    for column, others in neighbours.items():
        low, high = (getattr(pd.concat(others, axis=1), end)(axis=1) for end in ("min", "max"))
        far = np.flatnonzero(np.maximum(frame[column] / high, low / frame[column]) >= FAR)
        if far.size:
            first, more = far[0], f" (and {far.size - 1} more)" if far.size > 1 else ""
            price = f"the {column.lower()} of {frame.index[first]:%Y-%m-%d}, {frame[column].iloc[first]:,.2f},"
            around = f"the prices beside it, {low.iloc[first]:,.2f} to {high.iloc[first]:,.2f}"
            yield f"{price} is far from {around}{more}: is it right?"


def _idle_bars(frame: pd.DataFrame) -> Iterator[str]:
    idle = (frame["High"] == frame["Low"]) & (frame["Volume"] == 0)
    for _, bars in frame[idle].groupby((~idle).cumsum()[idle]):
        if len(bars) >= IDLE_BARS:
            first, last = bars.index[[0, -1]]
            yield f"{len(bars)} bars in a row, {first:%Y-%m-%d} to {last:%Y-%m-%d}, have one price and no volume"
