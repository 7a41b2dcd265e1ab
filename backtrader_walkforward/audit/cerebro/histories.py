"""Histories whose later rows are other ones, of one frame of prices or of several."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import backtrader as bt
import numpy as np
import pandas as pd

from backtrader_walkforward.audit.cerebro.clean_run import CerebroRun, Prices
from backtrader_walkforward.errors import ArgumentError

PRICES = {"open": "open", "high": "low", "low": "high", "close": "close", "adj close": "adj close"}
"""The column whose values each price takes in a mirror: high and low change places."""

FEWEST_ROWS = 30

OTHER_CLOSE = "high, low and close of the bar at whose open it orders are others"

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
    columns = columns_of(frame)
    close = columns.get("close")
    anchors = {
        name: _latest(frame[column if name == "adj close" or close is None else close], date)
        for name, column in columns.items()
        if name in PRICES
    }
    return _reversed(frame, frame.index > date, anchors)


def with_other_close(frame: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return the rows with another one on a date: all is reversed, as in a mirror, but its open."""
    name = columns_of(frame).get("open")
    opened = frame[name].get(date) if name else None
    if opened is None or np.isnan(opened):
        return frame
    changed = _reversed(frame, frame.index == date, dict.fromkeys(PRICES, float(opened)))
    changed[name] = frame[name]
    return changed


def columns_of(frame: pd.DataFrame) -> dict[str, Hashable]:
    """Return the columns of numbers by their names in small letters."""
    return {str(column).lower(): column for column in frame.select_dtypes("number")}


def _reversed(frame: pd.DataFrame, rows: np.ndarray, anchors: Mapping[str, float]) -> pd.DataFrame:
    """Return the rows with others in some places, whose returns since the anchor of each price are reversed."""
    changed, columns = frame.copy(), columns_of(frame)
    for name, column in columns.items():
        values = frame[column].to_numpy(dtype=float, copy=True)
        if name in PRICES:
            source = frame[columns.get(PRICES[name], column)].to_numpy(dtype=float)
            values[rows] = anchors[name] * (anchors[name] / source[rows]) ** 2
        else:
            values[rows] *= 2 if name == "volume" else -2
        changed[column] = values
    return changed


def _latest(column: pd.Series, date: pd.Timestamp) -> float:
    """Return the last value up to a date, or the first of all where there is none."""
    known = column.loc[:date].dropna()
    return float(known.iloc[-1] if len(known) else column.dropna().iloc[0])


Change = Callable[[pd.DataFrame, pd.Timestamp], pd.DataFrame]


@dataclass(frozen=True)
class ChangedHistory:
    """Prices with other rows after a date, with none, or with another close on it, and the time of the first change."""

    date: pd.Timestamp
    change: str
    """What is other: `later rows are mirrored`."""
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
    frames: dict[str, pd.DataFrame],
    prices: Prices,
    days: pd.DatetimeIndex,
    chosen: Sequence[int],
    *,
    with_own_bar: bool,
) -> Iterator[ChangedHistory]:
    """Yield the prices with later rows mirrored after each of the days, and cut off after a few; the earliest first.

    On the last day of a history that ends, resampled bars are cut, too: nothing is compared there. `with_own_bar` also
    yields them with another close on each of the days, which what is sent and filled at its open must not know.
    """
    with_cut = set(chosen[:: max(1, len(chosen) // N_CUTS)])
    for place in chosen:
        date, following = days[place], days[place + 1]
        changes: list[tuple[str, Change, float]] = [("later rows are mirrored", mirrored, number_of(following))]
        if place in with_cut:
            changes.insert(0, ("later rows are cut off", cut_off, number_of(date)))
        if with_own_bar:
            changes.append((OTHER_CLOSE, with_other_close, number_of(following)))
        for text, change, end in changes:
            other = {name: change(frame, date) for name, frame in frames.items()}
            yield ChangedHistory(date, text, shaped_like(prices, other), end)
