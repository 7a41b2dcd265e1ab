"""Perturbations: changes of the rows after a date, which must not change any result up to that date."""

from collections.abc import Callable

import numpy as np
import pandas as pd

Perturbation = Callable[[pd.DataFrame, pd.Timestamp], pd.DataFrame]
"""Takes a table by date, and a date. Returns a table whose rows up to and including that date are the same."""

FACTOR = 1000.0
"""Large enough that no limit, clip or tolerance hides it."""


def cut_off(table: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return the rows up to `date`."""
    return table.loc[:date]


def shuffled(table: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return `table` with the rows after `date` in another order. No row keeps its place; the order is reproducible."""
    later = np.flatnonzero(table.index > date)
    cycle = np.random.default_rng(len(later)).permutation(later)
    return _with_rows(table, cycle, table.to_numpy()[np.roll(cycle, 1)])


def scaled(table: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return `table` with every value after `date` multiplied by 1000."""
    later = np.flatnonzero(table.index > date)
    return _with_rows(table, later, FACTOR * table.to_numpy()[later])


def masked(table: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return `table` with NaN after `date`."""
    return _with_rows(table, np.flatnonzero(table.index > date), np.nan)


CUT_OFF = "cut off"

PERTURBATIONS: dict[str, Perturbation] = {CUT_OFF: cut_off, "shuffled": shuffled, "scaled": scaled, "masked": masked}


def splice(past: pd.DataFrame, future: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of `past` up to `date`, then those of `future`.

    Each stage is audited on such a table, so that a failure of an earlier stage is not reported again.
    """
    later = future.loc[future.index > date]
    return pd.concat([past.loc[:date], later]) if len(later) else past.loc[:date]


def _with_rows(table: pd.DataFrame, rows: np.ndarray, values: np.ndarray | float) -> pd.DataFrame:
    changed = table.to_numpy(dtype=float, copy=True)
    changed[rows] = values
    return pd.DataFrame(changed, table.index, table.columns)
