"""Prices that were restated: a dividend or a split scales all that came before it, the ledger keeps its own units."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.data.prices import COLUMNS, PRICE_COLUMNS
from backtrader_walkforward.errors import DataError

RECENT = 20
"""Days whose median ratio is the scale, so that one corrected bar does not move it."""

ROUNDING = 1e-6
"""A scale this close to 1 is 1: adjusted prices are rounded."""

CORRECTED = 1e-5
"""Share of the price by which a bar may leave the common scale without a word."""


class AdjustedBars(NamedTuple):
    """How today's prices go on from those recorded.

    Attributes
    ----------
    scale : float
        Today's price of what the ledger has at 1: 0.5 after a split of two for one. One of the ledger's shares is
        `1 / adjustment_factor` of today's.
    bars : DataFrame
        The bars after the last recorded one, in the ledger's units.
    notes : tuple of str
        Recorded bars that are others now; the ledger keeps what was known.
    """

    adjustment_factor: float
    bars: pd.DataFrame
    notes: tuple[str, ...]


def back_adjusted(recorded: pd.DataFrame, prices: pd.DataFrame) -> AdjustedBars:
    """Return what `prices` add to the bars `recorded`, in the units of these.

    Raises
    ------
    DataError
        If no recorded day is among the prices, so that their units are unknown.
    """
    common = recorded.index.intersection(prices.index)
    if common.empty:
        raise DataError(
            f"the prices, {prices.index[0]:%Y-%m-%d} to {prices.index[-1]:%Y-%m-%d}, have no day of the ledger, which"
            f" ends on {recorded.index[-1]:%Y-%m-%d}: nothing tells in which units they are - give prices that go on"
            " from there"
        )
    before, now = recorded.loc[common], prices.loc[common]
    adjustment_factor = adjustment_factor_of(before["Close"], now["Close"])
    bars = prices.loc[prices.index > recorded.index[-1], COLUMNS]
    units = pd.Series(
        dict.fromkeys(PRICE_COLUMNS, adjustment_factor)
        | {"Volume": adjustment_factor_of(before["Volume"], now["Volume"])}
    )
    return AdjustedBars(adjustment_factor, bars / units[COLUMNS], tuple(_notes(recorded, prices, adjustment_factor)))


def adjustment_factor_of(before: pd.Series, now: pd.Series) -> float:
    """Return the median of now / before over the latest days, where both are above 0; 1 where none are.

    >>> scale_of(pd.Series([100.0, 102.0, 104.0]), pd.Series([50.0, 51.5, 52.0]))
    0.5
    """
    traded = (before > 0) & (now > 0)
    ratios = (now[traded] / before[traded]).iloc[-RECENT:]
    adjustment_factor = float(np.median(ratios)) if len(ratios) else 1.0
    return 1.0 if abs(adjustment_factor - 1) < ROUNDING else adjustment_factor


def _notes(recorded: pd.DataFrame, prices: pd.DataFrame, adjustment_factor: float) -> Iterator[str]:
    """Yield a line on the recorded bars that were corrected, and on days that came or went among them."""
    known = prices.loc[recorded.index[0] : recorded.index[-1]]
    common = recorded.index.intersection(known.index)
    expected, found = recorded.loc[common, PRICE_COLUMNS] * adjustment_factor, known.loc[common, PRICE_COLUMNS]
    corrected = common[((found / expected - 1).abs() > CORRECTED).any(axis=1)]
    gone, came = recorded.index.difference(known.index), known.index.difference(recorded.index)
    for days, one, many in (
        (corrected, "recorded day was corrected since", "recorded days were corrected since"),
        (gone, "recorded day is no longer among the prices", "recorded days are no longer among the prices"),
        (came, "day came to the prices later", "days came to the prices later"),
    ):
        if len(days):
            what = f"{len(days)} {one if len(days) == 1 else many}"
            yield f"{what}, the first {days[0]:%Y-%m-%d}: the ledger keeps what was known"
