"""Inputs: what a predictor sees of the indicators, on the scale of its training rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from backtrader_walkforward.features.indicators import VOLUME
from backtrader_walkforward.features.scale_free import LATEST, relative_volumes, scale_free
from backtrader_walkforward.forecasting.windows import make_windows

OUTER = 0.01
"""Share of the training values below 0, and above 1, before they are clipped."""


@dataclass(frozen=True)
class InputScale:
    """The robust range of each scale-free feature in the training windows of one ticker.

    ::

        feature      -9 % ....... -3 % ======================= +4 % ....... +12 %
        input           0           0 ------------------------ 1              1
                                1 % of the values          99 %
    """

    units: Sequence[str]
    """Unit of each feature (`units_of`)."""
    low: np.ndarray
    width: np.ndarray
    """Lower end and width of the range of each feature (n_features,)."""

    @classmethod
    def of(cls, windows: np.ndarray, units: Sequence[str]) -> Self:
        """Return the ranges of the last bars of the windows; a feature that never moves has the width 1."""
        low, high = np.quantile(scale_free(windows, units, LATEST)[:, 0], [OUTER, 1 - OUTER], axis=0)
        return cls(units, low, np.where(high > low, high - low, 1.0))

    def inputs(self, rows: np.ndarray, lookback: int) -> np.ndarray:
        """Return every window of `lookback` rows, scaled to 0..1 and clipped, (n, lookback, n_features), float32.

        Only a volume is another number in each window. All else is scaled once a row, and not in each of its windows.
        """
        volumes = np.array(self.units) == VOLUME
        by_row = scale_free(rows[:, None], self.units)[:, 0]
        made = make_windows(_clipped((by_row - self.low) / self.width), lookback).copy()
        relative = relative_volumes(make_windows(rows[:, volumes], lookback))
        made[..., volumes] = _clipped((relative - self.low[volumes]) / self.width[volumes])
        return made

    def clipped(self, windows: np.ndarray) -> float:
        """Return the share of the values in the last bars of the windows that are clipped."""
        latest = (scale_free(windows, self.units, LATEST) - self.low) / self.width
        return float(np.mean((latest < 0) | (latest > 1)))


def _clipped(scaled: np.ndarray) -> np.ndarray:
    return np.clip(scaled, 0, 1).astype(np.float32)
