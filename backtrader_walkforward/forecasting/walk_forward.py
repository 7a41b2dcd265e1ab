"""The walk-forward split: every test row is forecast by a fit on the rows before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from backtrader_walkforward.errors import ArgumentError, DataError

TRAIN_PERCENT = 70
"""Share of the complete rows before the first test row, in percent: 0.7 x 170 would be 118.99999999999999."""

MIN_TRAIN_WINDOWS = 20
"""Fewest windows of a fit. The search of the LSTM for its epochs then trains on 15 and validates on 5."""


@dataclass(frozen=True)
class WalkForward:
    """A walk through the complete rows, with a new fit every `retrain_every` of them.

    The fit of a fold is made at the close of the row before its first test row. The last training row is the latest
    whose target is known then: one row earlier if a target is known at the next close, as here, and two if it is known
    at the close after that (`HORIZONS`).

    ::

        row       0 1 2 3 4 5 6 7 8 9        lookback 3, first_test 6, retrain_every 2
        fold 0    . . T T T x F F            . only inside windows   T trains   F forecast
        fold 1    . . T T T T T x F F        x its target is not known when the fit is made

    A test window may hold training rows: they lie in its past. The last row is forecast, too: for the next session.

    Parameters
    ----------
    test_from : date, optional
        First day that is forecast, in place of a row.
    first_test : int, optional
        First row that is forecast. The default is at 70 % of the rows: row 336 of 480.
    lookback : int
        Rows in a window. Rows with fewer rows before them neither train nor are forecast.
    retrain_every : int
        Test rows in a fold; the last fold has the rest.
    train_window : int, optional
        Number of windows to train on, the latest; the default is all. The command's own default is five years.
    cold_start_every : int
        Train from random weights every so many folds. Fits in between start from the weights of the last such fit,
        if the predictor supports it, and not from those of the fold before: they can all be fitted side by side.
    search_every : int
        Search for the number of epochs every so many folds, if the predictor searches for one. Fits in between start
        from random weights, too, and train for as many epochs as the last search found. The command's own default is
        4. Warm starts search in every fit, whatever this number is.
    first_fold : int
        Number of the first fold to make, if the forecasts of the earlier ones are known. It changes no fold, and is
        refused where a fold takes over from an earlier one.
    """

    first_test: int | None = None
    lookback: int = 60
    retrain_every: int = 21
    train_window: int | None = None
    cold_start_every: int = 1
    search_every: int = 1
    first_fold: int = 0
    test_from: date | None = None

    def first_test_of(self, days: pd.Index) -> int:
        """Return the first test row on these days: at `test_from`, else `first_test`, else at 70 % of them."""
        if self.test_from is None:
            return training_rows(len(days)) if self.first_test is None else self.first_test
        if not isinstance(days, pd.DatetimeIndex):
            raise ArgumentError("test_from is a day: give the days of the rows, and not their number")
        return int(days.searchsorted(pd.Timestamp(self.test_from)))

    def split(self, days: pd.Index | int, horizon: int = 1) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (train rows, test rows) of each fold, as integers in time order.

        The target of a row is known `horizon` rows later. The last training row is that many before the row at whose
        close the fit is made. `days` are those of all complete rows; without `test_from` their number is enough.

        Raises
        ------
        DataError
            If fewer than 20 windows would train the first fold, or no day is as late as `test_from`.
        """
        days = pd.RangeIndex(days) if isinstance(days, int) else days
        first_test = self.first_test_of(days)
        n_windows = max(0, first_test - self.lookback + 1 - horizon)
        if n_windows < MIN_TRAIN_WINDOWS or first_test >= len(days):
            raise self._too_few_days(days, n_windows, horizon)
        for start in range(first_test + self.first_fold * self.retrain_every, len(days), self.retrain_every):
            first = self.lookback - 1
            if self.train_window is not None:
                first = max(first, start - horizon - self.train_window)
            yield np.arange(first, start - horizon), np.arange(start, min(start + self.retrain_every, len(days)))

    def _too_few_days(self, days: pd.Index, n_windows: int, horizon: int) -> DataError:
        """Return the error of days that leave too few windows to train on, or none to forecast."""
        if self.test_from is None:
            return DataError(
                f"Too few days to learn from: {len(days)} with all features give {n_windows} windows of {self.lookback}"
                f" to train on, and {MIN_TRAIN_WINDOWS} are needed, so {required_rows(self.lookback, horizon)} days"
                " - ask for a longer --period or a shorter --lookback"
            )
        first_test = self.first_test_of(days)
        if first_test == len(days):
            last = f"{days[-1]:%Y-%m-%d}" if len(days) else "none"
            return DataError(
                f"--test-from {self.test_from} is after the last day with all features: {last} - choose an earlier day"
            )
        return DataError(
            f"--test-from {self.test_from} leaves {first_test} days with all features to learn from, and"
            f" {self.lookback + MIN_TRAIN_WINDOWS + horizon - 1} are needed - choose a later day, or ask for a longer"
            " --period"
        )


def training_rows(n_rows: int) -> int:
    """Return how many of the rows lie before the test: 70 %."""
    return n_rows * TRAIN_PERCENT // 100


def required_rows(lookback: int, horizon: int = 1) -> int:
    """Return the smallest number of complete rows of which 70 % hold `MIN_TRAIN_WINDOWS` training windows.

    >>> required_rows(60), required_rows(60, horizon=2)
    (115, 116)
    """
    return -((lookback + MIN_TRAIN_WINDOWS + horizon - 1) * 100 // -TRAIN_PERCENT)
