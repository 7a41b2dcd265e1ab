"""Scale-free indicators: numbers that mean the same in every year and for every ticker."""

from collections.abc import Iterable, Sequence

import numpy as np

from backtrader_walkforward.features import indicators
from backtrader_walkforward.features.indicators import FEATURE_NAMES, MOVE, PRICE, VOLUME
from backtrader_walkforward.settings.choices import TIMEFRAMES

LAG_5, MOMENTUM_5 = FEATURE_NAMES.index("lag_5"), FEATURE_NAMES.index("momentum_5")
"""Columns whose sum is the close of the day. The daily columns are the first."""

ALL, LATEST = slice(None), slice(-1, None)
"""Bars of a window."""


def close_of(features: np.ndarray) -> np.ndarray:
    """Return the close of the day of each row of features, (..., n_features): c_5 + (c - c_5)."""
    found: np.ndarray = features[..., LAG_5] + features[..., MOMENTUM_5]
    return found


def units_of(columns: Iterable[str]) -> tuple[str, ...]:
    """Return the unit of each feature by its name: `weekly_lag_1` is a price as `lag_1` is."""
    table = indicators.INDICATORS
    daily = {f"{frame}_{name}": name for frame in TIMEFRAMES for name in table}
    return tuple(table[daily.get(column, column)].unit for column in columns)


def scale_free(windows: np.ndarray, units: Sequence[str], bars: slice = ALL) -> np.ndarray:
    """Return bars of windows of features without a scale, (n, n_bars, n_features), float64.

    A price is divided by the close of its day, less 1. A difference of prices is divided by that close. A volume is
    divided by its mean in the window, less 1, and is 0 where nothing is traded at all. Ratios stay as they are. If all
    prices and all volumes are multiplied by a number each, nothing changes.

    Parameters
    ----------
    windows : ndarray (n, lookback, n_features)
        Features as of `compute_features`.
    units : sequence of str
        Unit of each feature (`units_of`).
    bars : slice, default=ALL
        Those of each window to return.
    """
    kinds, made = np.array(units), np.array(windows[:, bars], dtype=float)
    close = close_of(made)[..., None]
    made[..., kinds == PRICE] /= close
    made[..., kinds == PRICE] -= 1
    made[..., kinds == MOVE] /= close
    made[..., kinds == VOLUME] = relative_volumes(windows[..., kinds == VOLUME], bars)
    return made


def relative_volumes(windows: np.ndarray, bars: slice = ALL) -> np.ndarray:
    """Return bars of windows of volumes over the mean of their window, less 1; 0 where nothing is traded at all."""
    mean, volume = windows.mean(axis=1, keepdims=True), windows[:, bars]
    relative: np.ndarray = np.divide(volume, mean, out=np.ones_like(volume), where=mean > 0) - 1
    return relative
