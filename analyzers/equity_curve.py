"""Equity at each close."""

import numpy as np
import pandas as pd

from analyzers.recorder import Recorder, books_of, dates_of


class EquityCurve(Recorder):
    """Records the strategy's equity at each close, and that of each sub-account where the broker has some.

    `get_analysis()` returns `equity` (Series), `returns` comes from `measures.daily_returns`, and `accounts`
    (DataFrame, a column an account, in the currency of the prices).
    """

    def start(self):
        """Start with empty curves."""
        self._books, self._clock = books_of(self.strategy), self.data.datetime
        self._dates, self._values = [], []

    def record(self):
        """Record one close."""
        self._dates.append(self._clock[0])
        self._values.extend([book.getvalue() for book in self._books.values()])

    def get_analysis(self):
        """Return `{"equity": Series, "accounts": DataFrame}`, indexed by date."""
        index, names = dates_of(self._dates), list(self._books)
        values = np.array(self._values, dtype=float).reshape(-1, len(names))
        return {
            "equity": pd.Series(values.sum(axis=1), index, name="equity"),
            "accounts": pd.DataFrame(values, index, columns=names)[[name for name in names if name]],
        }
