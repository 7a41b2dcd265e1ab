"""Ratios of splits, new shares for one old, and which of them a change of the price fits."""

from fractions import Fraction

import numpy as np
import pandas as pd

MOST = 1000
"""Largest number of old shares in a split."""

LARGE_RATIOS = (12, *range(15, 101, 5), *range(150, MOST + 1, 50))
"""Whole ratios above 10."""

FORWARD = {Fraction(new, old) for old in range(1, 6) for new in range(old + 1, 11)} | set(map(Fraction, LARGE_RATIOS))
"""Ratios above 1: at most 10 new shares for up to 5, and larger ones."""

RATIOS = np.array(sorted(FORWARD | {1 / ratio for ratio in FORWARD}), dtype=float)
"""Ratios that are told from a change of the price, those of reverse splits among them, in order."""

STOCK_DIVIDENDS = np.array([(old + 1) / old for old in range(20, 5, -1)])
"""Ratios from 21:20 to 7:6: a price that is rounded does not tell them from a dividend."""


def split_ratio(split: float) -> Fraction:
    """Return new shares for one old as a ratio of whole numbers, as it is announced.

    >>> split_ratio(1.5), split_ratio(0.1)
    (Fraction(3, 2), Fraction(1, 10))
    """
    return Fraction(split).limit_denominator(MOST)


def nearest_split(change: pd.Series) -> pd.Series:
    """Return the ratio of a split that is nearest to each price before / price after.

    >>> nearest_split(pd.Series([1.66, 1 / 34.7])).round(4).tolist()
    [1.6667, 0.0286]
    """
    misses = np.abs(np.log(change.to_numpy())[:, None] - np.log(RATIOS))
    return pd.Series(RATIOS[misses.argmin(axis=1)], change.index)


def nearest_stock_dividend(change: pd.Series) -> pd.Series:
    """Return the ratio from 21:20 to 7:6 that is nearest to each price before / price after.

    >>> nearest_stock_dividend(pd.Series([1.1])).tolist()
    [1.1]
    """
    misses = np.abs(change.to_numpy()[:, None] - STOCK_DIVIDENDS)
    return pd.Series(STOCK_DIVIDENDS[misses.argmin(axis=1)], change.index)


def split_below(change: pd.Series) -> pd.Series:
    """Return the largest ratio of a split that is not above each price before / price after; NaN where there is none.

    >>> split_below(pd.Series([2.08])).tolist()
    [2.0]
    """
    at = np.searchsorted(RATIOS, change.to_numpy(), side="right") - 1
    return pd.Series(np.where(at >= 0, RATIOS[at], np.nan), change.index)
