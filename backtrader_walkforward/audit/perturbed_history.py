"""The run's history with its later rows perturbed, which must not change any result up to a date."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.data import Prices

Day = TypeVar("Day")

N_DATES = 4
FEWEST_DATES = 3
"""An audit of fewer dates is inconclusive."""

CUT_OFF = "cut off"

PERTURBATIONS = (CUT_OFF, "shuffled", "scaled", "masked")
"""What happens to the rows after a date, by its name."""

FACTOR = 1000.0
"""Multiplies scaled rows; large enough that no limit, clip or tolerance hides it."""


def perturb(table: pd.DataFrame, date: pd.Timestamp, name: str) -> pd.DataFrame:
    """Return `table` with the rows after `date` cut off, shuffled, multiplied by 1000, or NaN; earlier rows stay.

    A shuffle is reproducible, and no row keeps its place.
    """
    if name == CUT_OFF:
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
    """The run's history up to a date, followed by perturbed rows, or by none: all that a clean room is given."""

    date: pd.Timestamp
    name: str
    """Name of the perturbation."""
    prices: pd.DataFrame
    past_features: pd.DataFrame
    """The run's own up to the date."""
    forecasts: pd.DataFrame
    peers: tuple[Prices, ...]
    """Tickers to train with, perturbed likewise."""

    @classmethod
    def of(cls, run: AuditedRun, date: pd.Timestamp, name: str) -> Self:
        """Perturb the prices, those of the peers and the forecasts after `date`."""
        prices, forecasts = (perturb(table, date, name) for table in (run.prices, run.table))
        bare = (replace(peer, unadjusted_close=None, actions=None) for peer in run.stages.peers)
        peers = tuple(replace(peer, frame=perturb(peer.frame, date, name)) for peer in bare)
        return cls(date, name, prices, run.features.loc[:date], forecasts, peers)


def failure_of(name: str) -> str:
    """Return the text of the failure if a value differs from the run's own.

    >>> failure_of("cut off")
    'changes when later rows are cut off'
    """
    return f"changes when later rows are {name}"


def splice(past: pd.DataFrame, future: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of `past` up to `date`, then those of `future`.

    Each stage is audited on such a table, so that a failure of an earlier stage is not reported again.
    """
    later = future.loc[future.index > date]
    return pd.concat([past.loc[:date], later]) if len(later) else past.loc[:date]


def audit_dates(run: AuditedRun) -> list[pd.Timestamp]:
    """Return a random test day of each quarter of the test, the same ones for the same run.

    Each has two later days, which can be shuffled. The first date lies in the first fold, before its last day if
    possible, so that a fit of that fold has a future that it must not know. Each later one lies in a fold of its own,
    if possible, as the folds of the dates are those that are fitted again.
    """
    quarters = [pd.DatetimeIndex(quarter) for quarter in np.array_split(run.table.index[:-2], N_DATES)]
    first_fold = run.days_of(0)
    quarters[0] = quarters[0].intersection(first_fold[:-1] if len(first_fold) > 1 else first_fold)
    random = np.random.default_rng(run.stages.settings.forecast.seed)
    dates: list[pd.Timestamp] = []
    for quarter in quarters:
        folds = run.table["fold"]
        others = quarter[~folds.loc[quarter].isin(folds.loc[dates])]
        days = others if len(others) else quarter
        dates += [days[int(random.integers(len(days)))]] if len(days) else []
    return dates


def drawn(days: Sequence[Day], most: int, seed: int) -> list[Day]:
    """Return at most so many of the days, drawn at random, in their order."""
    chosen = np.random.default_rng(seed).choice(len(days), min(len(days), most), replace=False)
    return [days[place] for place in sorted(chosen)]


def dates_text(dates: Sequence[pd.Timestamp]) -> str:
    """Return the dates of an audit as text."""
    return ", ".join(f"{date:%Y-%m-%d}" for date in dates) or "no date"


def finding_on_dates(dates: Sequence[pd.Timestamp]) -> Finding:
    """Return whether there are enough dates for an audit."""
    enough = len(dates) >= FEWEST_DATES
    reason = f"{FEWEST_DATES} test days, each with two later days, are needed, and there are {len(dates)}"
    return Finding("audit", "dates", len(dates) if enough else 0, reason=reason)
