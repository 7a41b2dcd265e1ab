"""Pooled fits: one fit learns from the windows of several tickers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.features import complete_rows
from backtrader_walkforward.forecasting.inputs import InputScale
from backtrader_walkforward.forecasting.walk_forward import MIN_TRAIN_WINDOWS
from backtrader_walkforward.forecasting.windows import HORIZONS, make_windows, next_target


class History(NamedTuple):
    """The prices of one ticker and their features, with one index of days."""

    prices: pd.DataFrame
    features: pd.DataFrame
    ticker: str = ""


@dataclass(frozen=True)
class TickerRows:
    """The rows of one ticker that a fit learns from, and those that it forecasts, if any; as in a `FoldTask`."""

    rows: np.ndarray
    """Features (m, n_features), from the start of the first training window to the last test row."""
    target: np.ndarray
    """Target of each training window (n,)."""
    days: np.ndarray
    """Last day of each training window (n,), as datetime64[D]."""
    ticker: str = ""

    def training_rows(self, lookback: int) -> np.ndarray:
        """Return the rows of the training windows (lookback - 1 + n, n_features)."""
        return self.rows[: lookback - 1 + len(self.target)]

    def training_windows(self, lookback: int) -> np.ndarray:
        """Return the windows that end with a training row (n, lookback, n_features)."""
        return make_windows(self.training_rows(lookback), lookback)

    def test_rows(self, horizon: int) -> np.ndarray:
        """Return the rows of the test windows (lookback - 1 + n_test, n_features)."""
        return self.rows[len(self.target) + horizon :]

    def test_windows(self, lookback: int, horizon: int) -> np.ndarray:
        """Return the windows to forecast from (n_test, lookback, n_features).

        The `horizon` windows before them do not train: their targets are not known when the fit is made.
        """
        return make_windows(self.rows, lookback)[len(self.target) + horizon :]

    def scale(self, lookback: int, units: Sequence[str]) -> InputScale:
        """Return the ranges of the inputs on the training rows."""
        return InputScale.of(self.training_windows(lookback), units)

    @property
    def target_unit(self) -> float:
        """Standard deviation of the target, the unit in which tickers of all volatilities are alike; 1 if it is 0."""
        return float(np.std(self.target)) or 1.0


def rows_of_peers(
    peers: Sequence[History], target: str, lookback: int, first: pd.Timestamp, fitted: pd.Timestamp
) -> Iterator[TickerRows]:
    """Yield the training rows of each peer: windows that end on `first` or later, with targets known on `fitted`.

    ::

        own days     first . . . . fitted | test
        peer     o o T T T T T x x        |         T trains   x its target is not known on `fitted`

    A peer with fewer than `MIN_TRAIN_WINDOWS` of them has no part in the fit.

    Parameters
    ----------
    peers : sequence of History
    target : {"return", "traded"}
    lookback : int
    first, fitted : Timestamp
        Day of the first training window of the ticker that is forecast, and the day at whose close the fit is made.
    """
    for prices, features, ticker in peers:
        usable = complete_rows(features)
        known_on = prices.index.to_series().shift(-HORIZONS[target])
        ends = usable & (prices.index >= first) & (known_on <= fitted).to_numpy() & (np.cumsum(usable) >= lookback)
        if ends.sum() < MIN_TRAIN_WINDOWS:
            continue
        ranks = np.cumsum(usable)[ends] - 1
        rows = features.to_numpy(dtype=float)[usable][ranks[0] - lookback + 1 : ranks[-1] + 1]
        yield TickerRows(rows, next_target(prices, target)[ends], as_days(prices.index[ends]), ticker)


def as_days(index: pd.Index) -> np.ndarray:
    """Return an index of days as an array of datetime64[D]."""
    return index.to_numpy().astype("datetime64[D]")


def pooled(parts: Sequence[TickerRows], lookback: int, units: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows and the targets of all tickers in the order of time.

    The inputs of each ticker are scaled by its own training rows, and so are its targets: by their standard deviation.
    On the same day the tickers keep their order.

    Returns
    -------
    windows : ndarray (n, lookback, n_features)
        Inputs in 0..1, float32.
    target : ndarray (n,)
        Targets in units of their ticker's standard deviation.
    """
    order = np.argsort(np.concatenate([part.days for part in parts]), kind="stable")
    places = np.split(np.argsort(order), np.cumsum([len(part.target) for part in parts])[:-1])
    windows = np.empty((len(order), lookback, len(units)), np.float32)
    target = np.empty(len(order))
    for part, place in zip(parts, places, strict=True):
        windows[place] = part.scale(lookback, units).inputs(part.training_rows(lookback), lookback)
        target[place] = part.target / part.target_unit
    return windows, target
