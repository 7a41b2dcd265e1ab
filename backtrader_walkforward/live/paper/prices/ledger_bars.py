"""Bars in the units of a ledger: as traded since it was opened, in shares of that day.

The history before is adjusted for what came until then.
"""

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.prices import COLUMNS, PRICE_COLUMNS, rescaled
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.live.paper.corporate_actions import rows_of, shares_for_one, without

CORRECTED = 1e-5
"""Relative difference above which a price is another one."""

CENT, ROUNDED = 0.011, 5e-3
"""Difference that is rounding of two prices to cents, and the largest relative one."""

FEW_DAYS, FEW_SHARE = 5, 0.1
"""Corrected days, and share of all days, that are a note: more of them are another instrument."""

RECENT = 20
"""Days whose median ratio is that of the volumes."""


def as_traded(prices: Prices, opened: pd.Timestamp) -> pd.DataFrame:
    """Return the bars as traded; those before the ledger was opened stay adjusted, in shares of that day.

    Where the source does not know dividends and splits, they are as it gives them. The volumes of a file are adjusted
    as its prices are, those of Yahoo for splits alone, so that they are in shares of today.
    """
    units = prices.lot_size
    if units is None or prices.actions is None:
        return prices.frame[COLUMNS]
    first = int(units.index.searchsorted(opened, side="right")) - 1
    units = units.where(units.index > opened, units.iloc[max(first, 0)])
    return rescaled(prices.frame[COLUMNS], units, volume=_adjusts_volumes(prices))


def best_fit(
    recorded: pd.DataFrame, prices: Prices, actions: pd.DataFrame, unknown: pd.DataFrame, opened: pd.Timestamp
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the bars in the units of the ledger, and for each recorded day whether its bar is another one.

    The source of the prices does not know those of the actions that are `unknown`: it has prices as traded, or all
    earlier ones are adjusted for them. The recorded days show which.
    """
    common = recorded.index.intersection(prices.frame.index)
    if common.empty:
        raise DataError(
            f"the prices, {prices.frame.index[0]:%Y-%m-%d} to {prices.frame.index[-1]:%Y-%m-%d}, share no day with the"
            f" ledger - use prices that continue from its end, {recorded.index[-1]:%Y-%m-%d}"
        )
    shares = shares_for_one(without(actions, unknown), prices.frame.index)
    traded = rescaled(as_traded(prices, opened), shares, volume=_adjusts_volumes(prices))
    ways = [traded] if unknown.empty else [traded, _not_adjusted(traded, unknown, shares)]
    fits = []
    for way in ways:
        bars = rescaled(way, shares_for_one(unknown, way.index), volume=True)
        bars["Volume"] *= _volume_factor(recorded.loc[common, "Volume"], bars.loc[common, "Volume"])
        strays = differ(recorded.loc[common], bars.loc[common], prices.frame["Close"][common])
        fits.append((bars, strays))
    return min(fits, key=lambda fit: fit[1].sum())


def differ(recorded: pd.DataFrame, now: pd.DataFrame, given: pd.Series, factor: float = 1.0) -> pd.Series:
    """Return for each of the same days whether a price is not the recorded one x a factor, beyond rounding.

    `given` are the closes as the source gives them, and rounds them.
    """
    cents = CENT / np.minimum(recorded["Close"], given)
    difference = (now[PRICE_COLUMNS] / recorded[PRICE_COLUMNS] / factor - 1).abs()
    return difference.gt(CORRECTED + np.minimum(cents, ROUNDED), axis=0).any(axis=1)


def most_strays(days: int) -> float:
    """Return the largest number of recorded days with other prices that is taken for corrections.

    Of few days at most half are corrected, or the only one: if all have other prices, so has the instrument.
    """
    return min(max(FEW_DAYS, FEW_SHARE * days), max(1.0, days / 2))


def _not_adjusted(bars: pd.DataFrame, actions: pd.DataFrame, shares: np.ndarray) -> pd.DataFrame:
    """Return bars as traded, of bars that were adjusted for the actions."""
    for action in reversed(rows_of(actions)):
        at = bars.index.searchsorted(action.day)
        close = bars["Close"].iloc[at - 1]
        is_split = action.kind == "split"
        factor = action.value if is_split else 1 + action.value * shares[at - 1] / close
        bars = rescaled(bars, np.where(np.arange(len(bars)) < at, factor, 1.0), volume=is_split)
    return bars


def _adjusts_volumes(prices: Prices) -> bool:
    return prices.used_source == "csv"


def _volume_factor(before: pd.Series, now: pd.Series) -> float:
    """Return the median of before / now over the latest days on which both are above 0; 1 if there are none."""
    traded = (before > 0) & (now > 0)
    ratios = (before[traded] / now[traded]).iloc[-RECENT:]
    return float(np.median(ratios)) if len(ratios) else 1.0
