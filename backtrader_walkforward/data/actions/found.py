"""Corporate actions: dividends and splits by ex-day, in the units in which shares were quoted on each day.

A close is adjusted by a factor that changes on each ex-day, from before it to after it::

    (1 - dividend / close before) / split
"""

import numpy as np
import pandas as pd

from backtrader_walkforward.data.actions.split_ratios import nearest_split, nearest_stock_dividend, split_below
from backtrader_walkforward.data.jumps import FAR, OVERNIGHT, WHOLE_DAY
from backtrader_walkforward.data.prices import DIVIDEND, SPLIT

MOST_DECIMALS = 10
"""Decimals from which on a column counts as not rounded."""

HALF = 0.5
"""Share of the way to where a split leaves it that the close of the day may miss."""

HALF_CENT = 0.005
"""Largest rounding of quoted closes: a column of whole numbers is of a market that quotes them."""

NEAR = 1e-3
"""Share by which a step may miss a usual ratio: a smaller dividend on the day of a split is not told."""

EXACT = 2e-5
"""Largest rounding of a step that tells a stock dividend from a dividend in cash."""

LEAST = 1e-5
"""Share of the close below which adjusted closes say nothing of a dividend: their sources round them."""

VISIBLE = 1e-4
"""Share of the close from which on a dividend must show in the adjusted closes."""

NOISE = 2e-7
"""Share of a price by which the ratio of two may miss: Yahoo keeps prices with seven digits."""


def actions_table(dividends: pd.Series, splits: pd.Series) -> pd.DataFrame:
    """Return the days on which there is a dividend or a split, with the two columns of `Prices.actions`."""
    table = pd.DataFrame({DIVIDEND: dividends, SPLIT: splits}, dtype="float64").rename_axis("Date")
    return table[(table[DIVIDEND] != 0) | (table[SPLIT] != 1)]


def shown_dividends(quoted: pd.Series, adjusted: pd.Series, splits: pd.Series) -> pd.Series:
    """Return for each day the cash per share that the adjusted closes show, given the splits: 0 where there is none."""
    factor = adjusted / quoted
    return quoted.shift() * (1 - factor.shift() / factor * splits)


def unshown(paid: pd.Series, shown: pd.Series, before: pd.Series) -> pd.Series:
    """Return whether each dividend should show in the adjusted closes, and does not; `before` are the closes before."""
    return (paid > VISIBLE * before) & (shown <= LEAST * before)


def actions_found(quoted: pd.Series, adjusted: pd.Series, settled: pd.Series | None = None) -> pd.DataFrame | None:
    """Return the actions that lead from the quoted closes to the adjusted ones; None where no actions do.

    A step of their ratio is a split if it is one of the usual ratios, and the quoted close is nearer to where the split
    leaves it than to where it was. A split from 3:2 on may have a dividend on its day. All else is a dividend: the
    close before x (1 - step). A step that rounding explains is none: that of the adjusted closes alone, as shares are
    quoted in whole cents, or, where no actions lead from one to the other so, that of both columns.

    Parameters
    ----------
    quoted : Series
        Closes as quoted on the day. Rows that cannot be prices are left out.
    adjusted : Series
        Adjusted closes of the same days.
    settled : Series, optional
        Splits of the days that need no search, 1 where there was none; NaN on all other days.
    """
    usable = np.isfinite(adjusted) & (adjusted > 0) & (quoted > 0)
    quoted, adjusted = quoted[usable], adjusted[usable]
    settled = pd.Series(np.nan, quoted.index) if settled is None else settled[usable]
    exact = _rounding(adjusted) / adjusted + NOISE
    rounded = exact + min(_rounding(quoted), HALF_CENT) / quoted
    found = _actions_within(exact, quoted, adjusted, settled)
    return _actions_within(rounded, quoted, adjusted, settled) if found is None else found


def _actions_within(
    error: pd.Series, quoted: pd.Series, adjusted: pd.Series, settled: pd.Series
) -> pd.DataFrame | None:
    """Return the actions, given the largest relative error of each adjusted close / close; None where none do."""
    factor, error = adjusted / quoted, (error + error.shift()).clip(lower=LEAST)
    moves = (factor.shift() / factor - 1).abs() > error
    level = factor.groupby(moves.cumsum()).transform("median")  # of all days until the next step: not rounded
    step = (level.shift() / level).where(moves, 1.0)
    splits = settled.fillna(_splits_in(1 / step.where(moves), quoted.shift() / quoted, error))
    paid = 1 - step * splits
    least = np.maximum(error, settled.notna().map({True: VISIBLE, False: NEAR}))
    paid = paid.where(moves & (paid.abs() > error.where(splits == 1, least)), 0.0)
    if (paid[settled.isna()] < 0).any():
        return None
    return actions_table((quoted.shift() * paid.clip(lower=0.0)).fillna(0.0), splits)


def _splits_in(change: pd.Series, moved: pd.Series, error: pd.Series) -> pd.Series:
    """Return the split of each row, 1 where there is none.

    Parameters
    ----------
    change : Series
        Factor of the adjusted closes before / after; NaN on days without an action.
    moved : Series
        Quoted close before / after.
    error : Series
        Largest relative error of the change.
    """
    usual, with_dividend, small = nearest_split(change), split_below(change), nearest_stock_dividend(change)
    is_usual = (usual / change - 1).abs() <= np.maximum(error, NEAR)
    pays = (change / with_dividend - 1 <= OVERNIGHT) & ~with_dividend.between(1 / FAR, FAR, inclusive="neither")
    is_small = ((small / change - 1).abs() <= error) & (error <= EXACT)
    splits = usual.where(is_usual, with_dividend.where(pays, small.where(is_small, 1.0)))
    way = np.abs(np.log(splits))
    follows = np.abs(np.log(moved / splits)) <= np.maximum(HALF * way, np.log1p(WHOLE_DAY))
    return splits.where(follows, 1.0)


def _rounding(values: pd.Series) -> float:
    """Return half a unit of the last decimal to which all values are rounded; 0 where they are not.

    >>> _rounding(pd.Series([1.25, 1.5]))
    0.005
    """
    decimals = (places for places in range(MOST_DECIMALS) if np.allclose(values, values.round(places), 1e-13, 1e-13))
    places = next(decimals, None)
    return 0.0 if places is None else 0.5 * 10.0**-places
