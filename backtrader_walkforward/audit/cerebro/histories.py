"""Histories whose later rows are other ones, of one frame of prices or of several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import backtrader as bt
import numpy as np
import pandas as pd

from backtrader_walkforward.audit.cerebro.clean_run import CerebroRun, Prices
from backtrader_walkforward.errors import ArgumentError

PRICES = {"open": "open", "high": "low", "low": "high", "close": "close", "adj close": "adj close"}
"""The column whose values each price takes in a mirror: high and low change places."""

FEWEST_ROWS = 30

N_CUTS = 4
"""Dates after which the history is cut off, too."""


def checked(prices: Prices) -> dict[str, pd.DataFrame]:
    """Return the frames by name, a single one under an empty name; refuse what cannot be cut by day or mirrored."""
    frames = dict(prices) if isinstance(prices, Mapping) else {"": prices}
    if not frames:
        raise ArgumentError("prices must be a DataFrame, or several by name: found an empty mapping")
    for name, frame in frames.items():
        label = f"prices[{name!r}]" if name else "prices"
        if not isinstance(frame, pd.DataFrame) or not isinstance(frame.index, pd.DatetimeIndex):
            raise ArgumentError(f"{label} must be a DataFrame by date, found {type(frame).__name__}: set its index")
        if not (frame.index.is_monotonic_increasing and frame.index.is_unique) or frame.index.hasnans:
            raise ArgumentError(f"{label} must have each date once, in order: use sort_index() and drop duplicates")
        if len(frame) < FEWEST_ROWS:
            raise ArgumentError(f"{label} must have at least {FEWEST_ROWS} rows, found {len(frame)}: give more")
        known = [column for column in frame if str(column).lower() in PRICES]
        if not known:
            raise ArgumentError(f"{label} must have columns such as Close, found {list(frame)[:6]}: rename them")
        low = ~(frame[known].isna() | (frame[known] > 0)).all(axis=1)
        if low.any():
            raise ArgumentError(f"{label} must be above 0, and are not on {frame.index[low][0]}: leave such days out")
    return frames


def shaped_like(prices: Prices, frames: dict[str, pd.DataFrame]) -> Prices:
    """Return frames as the factory expects them: one, or a mapping."""
    return frames if isinstance(prices, Mapping) else frames[""]


def cut_off(frame: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return the rows up to a date."""
    return frame.loc[:date].copy()


def mirrored(frame: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return the rows up to a date, followed by others: every later return is reversed and twice as large.

    A price P after the last close C becomes C (C / P)^2. All other numbers are twice as large, with the other sign;
    volume keeps its sign.
    """
    changed, later = frame.copy(), (frame.index > date)
    columns = {str(column).lower(): column for column in frame.select_dtypes("number")}
    for name, column in columns.items():
        values = frame[column].to_numpy(dtype=float, copy=True)
        if name in PRICES:
            anchor = _latest(frame[column if name == "adj close" else columns.get("close", column)], date)
            source = frame[columns.get(PRICES[name], column)].to_numpy(dtype=float)
            values[later] = anchor * (anchor / source[later]) ** 2
        else:
            values[later] *= 2 if name == "volume" else -2
        changed[column] = values
    return changed


def _latest(column: pd.Series, date: pd.Timestamp) -> float:
    """Return the last value up to a date, or the first of all where there is none."""
    known = column.loc[:date].dropna()
    return float(known.iloc[-1] if len(known) else column.dropna().iloc[0])


@dataclass(frozen=True)
class ChangedHistory:
    """Prices with other rows after a date, or with none, and the time before which nothing may change."""

    date: pd.Timestamp
    name: str
    """What has become of the later rows."""
    prices: Prices
    end: float


def days_of_decisions(run: CerebroRun, days: pd.DatetimeIndex) -> np.ndarray:
    """Return the places of the days from the first order on; of all where there is none. Each has two later days."""
    sent = [time for one in run.strategies for time in [*(order[0] for order in one.orders), *one.fills["sent"]]]
    return np.array([day for day in range(len(days) - 2) if not sent or number_of(days[day + 1]) > min(sent)])


def number_of(day: pd.Timestamp) -> float:
    """Return the date number that Backtrader gives a day."""
    return float(bt.date2num(day.to_pydatetime()))


def changed_histories(
    frames: dict[str, pd.DataFrame], prices: Prices, days: pd.DatetimeIndex, chosen: Sequence[int]
) -> Iterator[ChangedHistory]:
    """Yield the prices with later rows mirrored after each of the days, and cut off after a few; the earliest first.

    On the last day of a history that ends, resampled bars are cut, too: nothing is compared there.
    """
    with_cut = set(chosen[:: max(1, len(chosen) // N_CUTS)])
    for place in chosen:
        date, following = days[place], days[place + 1]
        if place in with_cut:
            cut = {name: cut_off(frame, date) for name, frame in frames.items()}
            yield ChangedHistory(date, "cut off", shaped_like(prices, cut), number_of(date))
        other = {name: mirrored(frame, date) for name, frame in frames.items()}
        yield ChangedHistory(date, "mirrored", shaped_like(prices, other), number_of(following))
