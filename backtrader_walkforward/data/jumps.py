"""Notes on doubtful prices: splits that seem not to be adjusted for, bars and prices far from the rest, idle bars."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.data.actions.split_ratios import RATIOS, split_ratio

LEAST = 1.19
"""Smallest ratio of the close before to the open after a split: prices that fall by less are days with news."""

LEAST_REVERSE = 1.5
"""Smallest ratio of a reverse split: prices that rise by less are days with news, as of a takeover."""

OVERNIGHT, WHOLE_DAY = 0.05, 0.1
"""Largest share by which the open and the close after a split may miss its ratio: the market moves on that day, too."""

LEAP = 2.0
"""Factor between two closes that is told in any case."""

FAR = 1.5
"""Factor from which on a price is far from those beside it, and a night between two closes is told in any case."""

IDLE_BARS = 5
"""Bars in a row without volume or range that are told: a week. Some shares are not traded every day."""


def jump_notes(frame: pd.DataFrame) -> list[str]:
    """Return a line on every likely split, on bars and columns with prices far from the rest, and on idle bars."""
    return [*_splits(frame), *_far_bars(frame), *_far_prices(frame), *_idle_bars(frame)]


def likely_splits(frame: pd.DataFrame) -> pd.Series:
    """Return for each row new shares for one old if it looks like the first after a split, else 1.

    The close before / the open, and the close before / the close, are near a ratio of a split; the nearest counts.
    """
    by_open, by_close = _falls(frame)
    moves = (by_open >= np.log(LEAST)) | (by_open <= np.log1p(OVERNIGHT) - np.log(LEAST_REVERSE))
    rows = np.flatnonzero(moves & ~_comes_back(frame))
    ratios = np.log(RATIOS)
    misses = np.maximum(
        np.abs(by_open.to_numpy()[rows, None] - ratios) / np.log1p(OVERNIGHT),
        np.abs(by_close.to_numpy()[rows, None] - ratios) / np.log1p(WHOLE_DAY),
    )
    nearest = RATIOS[misses.argmin(axis=1)]
    fits = (misses.min(axis=1) <= 1) & ((nearest > 1) | (nearest <= 1 / LEAST_REVERSE))
    splits = pd.Series(1.0, frame.index)
    splits.iloc[rows[fits]] = nearest[fits]
    return splits


def night_jumps(frame: pd.DataFrame) -> pd.Series:
    """Return for each row whether open and close are both far from the close before, on one side of it."""
    by_open, by_close = _falls(frame)
    far = (np.minimum(by_open, by_close) >= np.log(FAR)) | (np.maximum(by_open, by_close) <= -np.log(FAR))
    return far & ~_comes_back(frame)


def far_bars(frame: pd.DataFrame) -> pd.Series:
    """Return for each row whether all its prices are far from the close before and from the open after.

    A crash is not: prices do not come back within a day. Of the first and the last row nothing is known.
    """
    low, high = _ends(frame["Close"].shift(), frame["Open"].shift(-1), skipna=False)
    return (frame["Low"] / high >= FAR) | (low / frame["High"] >= FAR)


def _falls(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the logarithm of the close before / the open, and of the close before / the close."""
    before = frame["Close"].shift()
    by_open, by_close = (pd.Series(np.log(before / frame[price]), frame.index) for price in ("Open", "Close"))
    return by_open, by_close


def _comes_back(frame: pd.DataFrame) -> pd.Series:
    """Return for each row whether it is a far bar, or the row after one or after a far close: no split jumps so."""
    opens, closes, bars = frame["Open"], frame["Close"], far_bars(frame)
    low, high = _ends(opens, opens.shift(-1), skipna=False)
    return bars | (bars | (closes / high >= FAR) | (low / closes >= FAR)).shift(fill_value=False)


def _ends(*prices: pd.Series, skipna: bool) -> tuple[pd.Series, pd.Series]:
    """Return the lowest and the highest price of each row; NaN where one is missing, unless that is skipped."""
    table = pd.concat(prices, axis=1)
    return table.min(axis=1, skipna=skipna), table.max(axis=1, skipna=skipna)


def _splits(frame: pd.DataFrame) -> Iterator[str]:
    before, splits = frame["Close"].shift(), likely_splits(frame)
    leaps = (np.abs(np.log(before / frame["Close"])) >= np.log(LEAP)) & ~_comes_back(frame)
    for row in np.flatnonzero((splits != 1) | leaps | night_jumps(frame)).tolist():
        more, fewer = split_ratio(splits.iloc[row]).as_integer_ratio()
        yield (
            f"the close goes from {before.iloc[row]:,.2f} to {frame['Close'].iloc[row]:,.2f} on"
            f" {frame.index[row]:%Y-%m-%d}: a split{f' {more}:{fewer}' if more != fewer else ''} that is not adjusted"
            " for?"
        )


def _far_bars(frame: pd.DataFrame) -> Iterator[str]:
    rows = np.flatnonzero(far_bars(frame))
    if rows.size:
        first, more = rows[0], f" (and {rows.size - 1} more)" if rows.size > 1 else ""
        bar, before, after = frame.iloc[first], frame["Close"].iloc[first - 1], frame["Open"].iloc[first + 1]
        yield (
            f"the bar of {frame.index[first]:%Y-%m-%d}, {bar['Low']:,.2f} to {bar['High']:,.2f}, is far from the close"
            f" before, {before:,.2f}, and from the open after, {after:,.2f}{more}: is it right?"
        )


def _far_prices(frame: pd.DataFrame) -> Iterator[str]:
    """Compare each price with those beside it in time: one that leaps and comes back is far from all of them."""
    opens, closes = frame["Open"], frame["Close"]
    day = [closes.shift(), opens, closes]
    neighbours = {"Open": [closes.shift(), closes], "High": day, "Low": day, "Close": [opens, opens.shift(-1)]}
    for column, others in neighbours.items():
        low, high = _ends(*others, skipna=True)
        far = np.flatnonzero(np.maximum(frame[column] / high, low / frame[column]) >= FAR)
        if far.size:
            first, more = far[0], f" (and {far.size - 1} more)" if far.size > 1 else ""
            price = f"the {column.lower()} of {frame.index[first]:%Y-%m-%d}, {frame[column].iloc[first]:,.2f},"
            around = f"the prices beside it, {low.iloc[first]:,.2f} to {high.iloc[first]:,.2f}"
            yield f"{price} is far from {around}{more}: is it right?"


def _idle_bars(frame: pd.DataFrame) -> Iterator[str]:
    idle = (frame["High"] == frame["Low"]) & (frame["Volume"] == 0)
    if idle.all():
        return  # a file of closes alone, which is told where it is read
    for _, bars in frame[idle].groupby((~idle).cumsum()[idle]):
        if len(bars) >= IDLE_BARS:
            first, last = bars.index[[0, -1]]
            yield f"{len(bars)} bars in a row, {first:%Y-%m-%d} to {last:%Y-%m-%d}, have one price and no volume"
