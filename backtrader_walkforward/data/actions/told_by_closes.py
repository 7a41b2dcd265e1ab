"""Closes of a file without an adjusted close: whether they are adjusted for the actions that its columns name.

Each column has a kind of its own, as closes may be divided by splits and not adjusted for dividends.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.data.actions.found import HALF
from backtrader_walkforward.data.actions.named import named_actions
from backtrader_walkforward.data.prices import (
    ADJUSTED,
    DIVIDEND,
    SPLIT,
    YAHOO_DIVIDENDS,
    YAHOO_SPLITS,
)

AS_QUOTED, ADJUSTED_ALREADY, UNCLEAR = "as quoted", "adjusted", "unclear"
"""Kinds of closes: they fall by the actions of a column, do not, or do not tell."""

PLAINLY = np.log(100)
"""Logarithm of the odds from which on closes tell whether they are adjusted."""

TAILS = 3
"""Degrees of freedom of nights: a crash on an ex-day is no proof."""

TO_SIGMA = 1.4826
"""Standard deviation / median distance from the median, of the normal distribution."""


class AdjustedTable(NamedTuple):
    """The table of a file, with an adjusted close where its columns give one."""

    values: pd.DataFrame
    kinds: dict[str, str]
    """Kind of the closes by each column that names an action, as the closes tell it."""
    notes: list[str]


def adjusted_by_columns(values: pd.DataFrame, recorded: Mapping[str, str] | None = None) -> AdjustedTable:
    """Return a table without an adjusted close with the one that its dividends and splits give.

    Columns for which the closes are adjusted, as those of yfinance with `auto_adjust`, change nothing. Where the closes
    do not tell, the columns are not used.

    Parameters
    ----------
    values : DataFrame
        Columns of the file as numbers, oldest first.
    recorded : mapping of str to str, optional
        Kinds of columns that were decided before. What the closes tell now does not count for these.
    """
    named, closes = named_actions(values), values["Close"]
    found = _kinds(values, named)
    decided = found | dict(recorded or {})
    used = [
        column for column in (YAHOO_DIVIDENDS, YAHOO_SPLITS) if column in values and decided.get(column) == AS_QUOTED
    ]
    unclear = [column for column in found if found[column] == decided[column] == UNCLEAR]
    notes = list(_notes([column for column in used if column in found], unclear))
    if not used:
        return AdjustedTable(values, found, notes)
    paid = named[DIVIDEND] if YAHOO_DIVIDENDS in used else 0.0
    step = (1 - (paid / closes.shift()).fillna(0.0)) / (named[SPLIT].fillna(1.0) if YAHOO_SPLITS in used else 1.0)
    return AdjustedTable(values.assign(**{ADJUSTED: closes * step[::-1].cumprod()[::-1] / step}), found, notes)


def _kinds(values: pd.DataFrame, named: pd.DataFrame) -> dict[str, str]:
    """Return the kind of the closes by each column that names an action."""
    splits, cash, before = named[SPLIT].fillna(1.0), named[DIVIDEND], values["Close"].shift()
    acts = pd.DataFrame({YAHOO_DIVIDENDS: cash > 0, YAHOO_SPLITS: splits != 1})
    falls: dict[str, pd.Series] = {
        YAHOO_DIVIDENDS: pd.Series(np.log1p(-cash / before), values.index).where((cash > 0) & (splits == 1), 0.0),
        YAHOO_SPLITS: pd.Series(-np.log(splits), values.index),
    }
    nights, kinds = _nights(values), {}
    for column in acts.columns[acts.any()]:
        odds = _odds(nights, falls[column])
        by_odds = ADJUSTED_ALREADY if odds < 0 else AS_QUOTED
        kinds[column] = by_odds if abs(odds) >= PLAINLY else UNCLEAR
    if kinds.get(YAHOO_SPLITS) == AS_QUOTED and kinds.get(YAHOO_DIVIDENDS) == UNCLEAR:
        kinds[YAHOO_DIVIDENDS] = AS_QUOTED  # closes that no split has divided are adjusted for no dividend
    return kinds


def _nights(values: pd.DataFrame) -> pd.Series:
    """Return the logarithm of open / close before; of close / close before where most opens repeat the close before."""
    before = values["Close"].shift()
    opens = values["Open"] if "Open" in values and (values["Open"] != before).mean() > HALF else values["Close"]
    return pd.Series(np.log(opens / before), values.index)


def _odds(nights: pd.Series, expected: pd.Series) -> float:
    """Return the logarithm of the odds that prices fall as expected, to those that they do not; 0 without evidence."""
    sigma = TO_SIGMA * (nights - nights.median()).abs().median()
    at = (expected != 0) & np.isfinite(nights)
    if not sigma > 0 or not at.any():
        return 0.0
    distance = [np.log1p((nights[at] - way) ** 2 / sigma**2 / TAILS) for way in (0.0, expected[at])]
    return float((TAILS + 1) / 2 * (distance[0] - distance[1]).sum())


def _notes(used: Iterable[str], unclear: Iterable[str]) -> Iterator[str]:
    """Yield a line on the columns that are used, and one on those that are not."""
    if used:
        yield f"its closes fall by its {' and '.join(map(repr, used))}: the adjusted close is computed from them"
    if unclear:
        yield (
            f"columns that are not used: {', '.join(map(repr, unclear))}, as its closes do not tell whether they are"
            " adjusted for them; an adjusted close would"
        )
