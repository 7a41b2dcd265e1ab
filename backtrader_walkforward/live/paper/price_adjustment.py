"""Back-adjustment: a dividend or a split scales all earlier prices; the ledger keeps the units of its first session."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.data.prices import COLUMNS, PRICE_COLUMNS
from backtrader_walkforward.errors import DataError

RECENT = 20
"""Days whose median ratio is the factor, so that one corrected bar does not change it."""

ROUNDING = 1e-6
"""Distance from 1 below which a factor is 1: adjusted prices are rounded."""

CORRECTED = 1e-5
"""Relative difference from the adjusted price above which a bar counts as corrected."""


class AdjustedBars(NamedTuple):
    """The new bars of the prices, in the units of the ledger."""

    adjustment_factor: float
    """Price now / price in the ledger: 0.5 after a split of two for one. A share of the ledger is 1 / factor now."""
    bars: pd.DataFrame
    """Bars after the last recorded one."""
    notes: tuple[str, ...]
    """A line each on recorded bars that are missing, new or different now."""


def back_adjusted(recorded: pd.DataFrame, prices: pd.DataFrame) -> AdjustedBars:
    """Return the bars of `prices` after those recorded, in the units of the latter.

    Raises
    ------
    DataError
        If no recorded day is among the prices, so that the factor is unknown.
    """
    common = recorded.index.intersection(prices.index)
    if common.empty:
        raise DataError(
            f"the prices, {prices.index[0]:%Y-%m-%d} to {prices.index[-1]:%Y-%m-%d}, share no day with the ledger, so"
            f" their adjustment is unknown - use prices that continue from its end, {recorded.index[-1]:%Y-%m-%d}"
        )
    before, now = recorded.loc[common], prices.loc[common]
    factor = adjustment_factor_of(before["Close"], now["Close"])
    volume_factor = adjustment_factor_of(before["Volume"], now["Volume"])
    units = pd.Series(dict.fromkeys(PRICE_COLUMNS, factor) | {"Volume": volume_factor})
    bars = prices.loc[prices.index > recorded.index[-1], COLUMNS] / units[COLUMNS]
    return AdjustedBars(factor, bars, tuple(_notes(recorded, prices, factor)))


def adjustment_factor_of(before: pd.Series, now: pd.Series) -> float:
    """Return the median of now / before over the latest days on which both are above 0; 1 if there are none.

    >>> adjustment_factor_of(pd.Series([100.0, 102.0, 104.0]), pd.Series([50.0, 51.5, 52.0]))
    0.5
    """
    traded = (before > 0) & (now > 0)
    ratios = (now[traded] / before[traded]).iloc[-RECENT:]
    factor = float(np.median(ratios)) if len(ratios) else 1.0
    return 1.0 if abs(factor - 1) < ROUNDING else factor


def _notes(recorded: pd.DataFrame, prices: pd.DataFrame, factor: float) -> Iterator[str]:
    known = prices.loc[recorded.index[0] : recorded.index[-1]]
    common = recorded.index.intersection(known.index)
    expected, found = recorded.loc[common, PRICE_COLUMNS] * factor, known.loc[common, PRICE_COLUMNS]
    for label, days in {
        "recorded days with other prices now": common[((found / expected - 1).abs() > CORRECTED).any(axis=1)],
        "recorded days without prices now": recorded.index.difference(known.index),
        "days whose prices were added later": known.index.difference(recorded.index),
    }.items():
        if len(days):
            yield f"{label}: {len(days)}, the first {days[0]:%Y-%m-%d}; the ledger keeps what it recorded"
