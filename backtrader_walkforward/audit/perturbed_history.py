"""The dates of an audit, and the run's history with another future after each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.perturbations import CUT_OFF, PERTURBATIONS, Future, spliced

N_DATES = 4
FEWEST_DATES = 3
"""With fewer there is too little to tell."""


@dataclass(frozen=True)
class PerturbedHistory:
    """The run's history up to a date, and another future after it."""

    date: pd.Timestamp
    future: str
    """A key of `PERTURBATIONS`."""
    prices: pd.DataFrame
    features: pd.DataFrame
    """Computed from these prices alone, so with whatever the features know of the future."""
    true_features: pd.DataFrame
    """The run's own up to the date, those computed after it."""

    @property
    def is_cut_off(self) -> bool:
        """Whether nothing comes after the date."""
        return self.future == CUT_OFF

    @property
    def change(self) -> Future:
        """What gives any table the same kind of future."""
        return PERTURBATIONS[self.future]

    @property
    def failure(self) -> str:
        """How to say that something is not what it was."""
        return "changes when the future is " + self.future

    @classmethod
    def of(cls, run: AuditedRun, date: pd.Timestamp, future: str) -> "PerturbedHistory":
        """Change the prices after `date` and compute the features anew."""
        prices = PERTURBATIONS[future](run.prices, date)
        features = run.stages.features(prices)
        return cls(date, future, prices, features, spliced(run.features, features, date))


def perturbed_histories(run: AuditedRun, dates: Iterable[pd.Timestamp]) -> Iterator[PerturbedHistory]:
    """Yield every date with every future, one at a time."""
    for date in dates:
        for future in PERTURBATIONS:
            yield PerturbedHistory.of(run, date, future)


def audit_dates(run: AuditedRun) -> list[pd.Timestamp]:
    """Return a random test day of each quarter of the test, the same ones for the same run.

    Each has two days after it, which can be shuffled. The first lies in the first fold, and not on its last day if it
    has others, so that a fit of that fold has a future of its own to be blind to.
    """
    quarters = [pd.DatetimeIndex(quarter) for quarter in np.array_split(run.table.index[:-2], N_DATES)]
    first_fold = run.days_of(0)
    quarters[0] = quarters[0].intersection(first_fold[:-1] if len(first_fold) > 1 else first_fold)
    random = np.random.default_rng(run.stages.settings.forecast.seed)
    return [quarter[int(random.integers(len(quarter)))] for quarter in quarters if len(quarter)]
