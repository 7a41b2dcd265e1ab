"""Corporate actions: dividends and splits by ex-day, in the units in which shares were quoted on each day.

A close is adjusted by a factor that changes on each ex-day, from before it to after it::

    (1 - dividend / close before) / split
"""

import numpy as np
import pandas as pd

from backtrader_walkforward.data.jumps import OVERNIGHT, nearest_split
from backtrader_walkforward.data.prices import DIVIDEND, SPLIT

MOST_DECIMALS = 10
"""Decimals from which on a column counts as not rounded."""

HALF = 0.5
"""Share of the way to where a split leaves it that the close of the day may miss."""

NOISE = 2e-7
"""Share of a price by which the ratio of two may miss: Yahoo keeps prices with seven digits."""


def actions_table(dividends: pd.Series, splits: pd.Series) -> pd.DataFrame:
    """Return the days on which there is a dividend or a split, with the two columns of `Prices.actions`."""
    table = pd.DataFrame({DIVIDEND: dividends, SPLIT: splits}, dtype="float64").rename_axis("Date")
    return table[(table[DIVIDEND] != 0) | (table[SPLIT] != 1)]


def actions_found(quoted: pd.Series, adjusted: pd.Series) -> pd.DataFrame | None:
    """Return the actions that lead from the quoted closes to the adjusted ones; None where no actions do.

    A step of their ratio is a split if it is near one of the usual ratios, and the quoted close is nearer to where the
    split leaves it than to where it was. What remains of the step is a dividend: the close before x (1 - step). A step
    that rounding explains is none.

    Parameters
    ----------
    quoted : Series
        Closes as quoted on the day. Rows that cannot be prices are left out.
    adjusted : Series
        Adjusted closes of the same days.
    """
    usable = np.isfinite(adjusted) & (adjusted > 0) & (quoted > 0)
    quoted, adjusted = quoted[usable], adjusted[usable]
    factor, error = adjusted / quoted, _rounding(adjusted) / adjusted + NOISE
    error += error.shift()
    moves = (factor.shift() / factor - 1).abs() > error
    level = factor.groupby(moves.cumsum()).transform("median")  # of all days until the next step: not rounded
    step = (level.shift() / level).where(moves, 1.0)
    splits = nearest_split(1 / step)
    missed = np.abs(np.log(quoted.shift() / quoted / splits)) / np.abs(np.log(splits))
    splits = splits.where(moves & (np.abs(np.log(step * splits)) <= np.log1p(OVERNIGHT)) & (missed <= HALF), 1.0)
    paid = 1 - step * splits
    paid = paid.where(moves & (paid.abs() > error), 0.0)
    if (paid < 0).any():
        return None
    return actions_table((quoted.shift() * paid).fillna(0.0), splits)


def _rounding(values: pd.Series) -> float:
    """Return half a unit of the last decimal to which all values are rounded; 0 where they are not.

    >>> _rounding(pd.Series([1.25, 1.5]))
    0.005
    """
    decimals = (places for places in range(MOST_DECIMALS) if np.allclose(values, values.round(places), 1e-13, 1e-13))
    places = next(decimals, None)
    return 0.0 if places is None else 0.5 * 10.0**-places
