"""Other futures: what a history may hold after a date without anything before it being allowed to change."""

from collections.abc import Callable

import numpy as np
import pandas as pd

Future = Callable[[pd.DataFrame, pd.Timestamp], pd.DataFrame]
"""Takes a table by date, and a date; returns a table with the same rows up to and including that date."""

FACTOR = 1000.0
"""No limit, clip or tolerance hides a future this many times as large."""


def cut_off(table: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return the rows up to `date`."""
    return table.loc[:date]


def shuffled(table: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return `table` with the rows after `date` in another order, the same one every time, in which all have moved."""
    later = np.flatnonzero(table.index > date)
    cycle = np.random.default_rng(len(later)).permutation(later)
    return _with_future(table, cycle, table.to_numpy()[np.roll(cycle, 1)])


def scaled(table: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return `table` with every value after `date` a thousand times as large."""
    later = np.flatnonzero(table.index > date)
    return _with_future(table, later, FACTOR * table.to_numpy()[later])


def masked(table: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return `table` with NaN after `date`."""
    return _with_future(table, np.flatnonzero(table.index > date), np.nan)


CUT_OFF = "cut off"

PERTURBATIONS: dict[str, Future] = {CUT_OFF: cut_off, "shuffled": shuffled, "x 1000": scaled, "NaN": masked}


def spliced(past: pd.DataFrame, future: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return `future` with its rows up to `date` taken from `past`.

    A stage is audited on this: what an earlier stage did wrong is not laid at its door.
    """
    later = future.loc[future.index > date]
    return pd.concat([past.loc[:date], later]) if len(later) else past.loc[:date]


def _with_future(table: pd.DataFrame, rows: np.ndarray, values: np.ndarray | float) -> pd.DataFrame:
    other = table.to_numpy(dtype=float, copy=True)
    other[rows] = values
    return pd.DataFrame(other, table.index, table.columns)
