"""The dates of an audit, and the run's history with another future after each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import WholeRun
from backtrader_walkforward.audit.perturbations import CUT_OFF, FUTURES, Future, spliced

N_DATES = 4
FEWEST_DATES = 3
"""With fewer there is too little to tell."""


@dataclass(frozen=True)
class OtherHistory:
    """The run's history up to a date, and another future after it."""

    date: pd.Timestamp
    future: str
    """A key of `FUTURES`."""
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
        return FUTURES[self.future]

    @property
    def fault(self) -> str:
        """How to say that something is not what it was."""
        return "changes when the future is " + self.future

    @classmethod
    def of(cls, run: WholeRun, date: pd.Timestamp, future: str) -> "OtherHistory":
        """Change the prices after `date` and compute the features anew."""
        prices = FUTURES[future](run.prices, date)
        features = run.stages.features(prices)
        return cls(date, future, prices, features, spliced(run.features, features, date))


def other_histories(run: WholeRun, dates: Iterable[pd.Timestamp]) -> Iterator[OtherHistory]:
    """Yield every date with every future, one at a time."""
    for date in dates:
        for future in FUTURES:
            yield OtherHistory.of(run, date, future)


def audit_dates(run: WholeRun) -> list[pd.Timestamp]:
    """Return a random test day of each quarter of the test, the same ones for the same run.

    Each has two days after it, which can be shuffled. The first lies in the first fold, and not on its last day if it
    has others, so that a fit of that fold has a future of its own to be blind to.
    """
    quarters = [pd.DatetimeIndex(quarter) for quarter in np.array_split(run.table.index[:-2], N_DATES)]
    first_fold = run.days_of(0)
    quarters[0] = quarters[0].intersection(first_fold[:-1] if len(first_fold) > 1 else first_fold)
    random = np.random.default_rng(run.stages.config.seed)
    return [quarter[int(random.integers(len(quarter)))] for quarter in quarters if len(quarter)]
