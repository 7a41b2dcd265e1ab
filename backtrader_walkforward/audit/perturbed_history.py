"""The run's history with its later rows perturbed, which must not change any result up to a date."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun

N_DATES = 4
FEWEST_DATES = 3
"""An audit of fewer dates is inconclusive."""

PERTURBATIONS = ("cut off", "shuffled", "scaled", "masked")
"""What happens to the rows after a date, by its name."""

FACTOR = 1000.0
"""Multiplies scaled rows; large enough that no limit, clip or tolerance hides it."""


def perturb(table: pd.DataFrame, date: pd.Timestamp, name: str) -> pd.DataFrame:
    """Return `table` with the rows after `date` cut off, shuffled, multiplied by 1000, or NaN; earlier rows stay.

    A shuffle is reproducible, and no row keeps its place.
    """
    if name == "cut off":
        return table.loc[:date]
    changed, later = table.to_numpy(dtype=float, copy=True), np.flatnonzero(table.index > date)
    if name == "shuffled":
        cycle = np.random.default_rng(len(later)).permutation(later)
        changed[cycle] = changed[np.roll(cycle, 1)]
    else:
        changed[later] = FACTOR * changed[later] if name == "scaled" else np.nan
    return pd.DataFrame(changed, table.index, table.columns)


@dataclass(frozen=True)
class PerturbedHistory:
    """The run's history up to a date, followed by perturbed rows."""

    date: pd.Timestamp
    name: str
    """Name of the perturbation."""
    prices: pd.DataFrame
    features: pd.DataFrame
    """Computed from these prices."""
    true_features: pd.DataFrame
    """The run's own up to the date, those of these prices after it."""

    @classmethod
    def of(cls, run: AuditedRun, date: pd.Timestamp, name: str) -> Self:
        """Perturb the prices after `date`, and compute the features of the result."""
        prices = perturb(run.prices, date, name)
        features = run.stages.features(prices)
        return cls(date, name, prices, features, splice(run.features, features, date))

    @property
    def failure(self) -> str:
        """Text of the failure if a value differs from the run's own."""
        return f"changes when later rows are {self.name}"


def splice(past: pd.DataFrame, future: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of `past` up to `date`, then those of `future`.

    Each stage is audited on such a table, so that a failure of an earlier stage is not reported again.
    """
    later = future.loc[future.index > date]
    return pd.concat([past.loc[:date], later]) if len(later) else past.loc[:date]


def perturbed_histories(run: AuditedRun, dates: Iterable[pd.Timestamp]) -> Iterator[PerturbedHistory]:
    """Yield each perturbation after each date, one at a time."""
    return (PerturbedHistory.of(run, date, name) for date in dates for name in PERTURBATIONS)


def audit_dates(run: AuditedRun) -> list[pd.Timestamp]:
    """Return a random test day of each quarter of the test, the same ones for the same run.

    Each has two later days, which can be shuffled. The first date lies in the first fold, before its last day if
    possible, so that a fit of that fold has a future that it must not know.
    """
    quarters = [pd.DatetimeIndex(quarter) for quarter in np.array_split(run.table.index[:-2], N_DATES)]
    first_fold = run.days_of(0)
    quarters[0] = quarters[0].intersection(first_fold[:-1] if len(first_fold) > 1 else first_fold)
    random = np.random.default_rng(run.stages.settings.forecast.seed)
    return [quarter[int(random.integers(len(quarter)))] for quarter in quarters if len(quarter)]
