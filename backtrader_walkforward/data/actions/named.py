"""Dividends and splits that a file names in columns of its own, and whether its closes are adjusted for them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.data.actions.found import HALF, shown_dividends
from backtrader_walkforward.data.prices import ADJUSTED, DIVIDEND, SPLIT, YAHOO_DIVIDENDS, YAHOO_SPLITS

AGREES = 0.05
"""Share by which a dividend may differ from what the adjusted closes say."""

PLAINLY = np.log(100)
"""Logarithm of the odds from which on closes tell whether they are adjusted."""

TAILS = 3
"""Degrees of freedom of nights: a crash on an ex-day is no proof."""

TO_SIGMA = 1.4826
"""Standard deviation / median distance from the median, of the normal distribution."""


def named_actions(values: pd.DataFrame) -> pd.DataFrame:
    """Return the dividend and the split that the columns of a file name for each row: 0 and 1 where none.

    What cannot be is none. Without a column of splits these are NaN: a day without one is not named so.
    """
    none = pd.Series(0.0, values.index)
    cash, splits = values.get(YAHOO_DIVIDENDS, none), values.get(YAHOO_SPLITS, none * np.nan)
    if YAHOO_SPLITS in values:
        splits = splits.where(np.isfinite(splits) & (splits > 0), 1.0)
    return pd.DataFrame({DIVIDEND: cash.where((cash > 0) & (cash < values["Close"].shift()), 0.0), SPLIT: splits})


def as_quoted(closes: pd.Series, adjusted: pd.Series, named: pd.DataFrame) -> pd.Series:
    """Return the closes as quoted on the day, of closes that are divided by later splits, as yfinance gives them.

    A split by which the adjusted closes step against the closes, beside the dividend of its day, has not divided them.
    """
    splits = named[SPLIT].fillna(1.0)
    way, factor = np.log(splits), adjusted / closes
    steps = np.log(factor / factor.shift()) + np.log1p(-named[DIVIDEND] / closes.shift())
    divided = splits.where(~((steps - way).abs() <= HALF * way.abs()), 1.0)
    since = divided[::-1].cumprod()[::-1]
    return closes * since / divided


def settled_splits(named: pd.DataFrame, quoted: pd.Series, adjusted: pd.Series) -> pd.Series:
    """Return the splits of the days whose actions a file names, 1 where it names a dividend alone; else NaN.

    Without a column of splits, a dividend that explains the adjusted closes leaves none.
    """
    splits, cash = named[SPLIT], named[DIVIDEND]
    shown = shown_dividends(quoted, adjusted, pd.Series(1.0, quoted.index))
    alone = (cash > 0) & (splits.notna() | ((shown / cash - 1).abs() <= AGREES))
    return splits.where((splits != 1) & splits.notna(), pd.Series(1.0, splits.index).where(alone))


def adjusted_by_columns(values: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table without an adjusted close with the one that its dividends and splits give, and notes on that.

    Columns for which the closes are plainly adjusted, as those of yfinance with `auto_adjust`, change nothing. Where
    the closes do not tell, the columns are not used.
    """
    named, closes = named_actions(values), values["Close"]
    splits, cash, before = named[SPLIT].fillna(1.0), named[DIVIDEND], closes.shift()
    nights = _nights(values)
    falls: dict[str, pd.Series] = {
        YAHOO_DIVIDENDS: pd.Series(np.log1p(-cash / before), values.index).where((cash > 0) & (splits == 1), 0.0),
        YAHOO_SPLITS: pd.Series(-np.log(splits), values.index),
    }
    odds = {column: _odds(nights, expected) for column, expected in falls.items()}
    used = [column for column, odd in odds.items() if odd >= PLAINLY]
    if YAHOO_SPLITS in used and (cash > 0).any() and odds[YAHOO_DIVIDENDS] > -PLAINLY:
        used = [YAHOO_DIVIDENDS, YAHOO_SPLITS]  # closes that no split has divided are adjusted for no dividend
    unclear = [
        column
        for column, odd in odds.items()
        if column not in used and abs(odd) < PLAINLY and (falls[column] != 0).any()
    ]
    notes = list(_notes(used, unclear))
    if not used:
        return values, notes
    paid = cash if YAHOO_DIVIDENDS in used else 0.0
    step = (1 - (paid / before).fillna(0.0)) / (splits if YAHOO_SPLITS in used else 1.0)
    return values.assign(**{ADJUSTED: closes * step[::-1].cumprod()[::-1] / step}), notes


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


def _notes(used: list[str], unclear: list[str]) -> Iterator[str]:
    """Yield a line on the columns that are used, and one on those that are not."""
    if used:
        yield f"its closes fall by its {' and '.join(map(repr, used))}: the adjusted close is computed from them"
    if unclear:
        yield (
            f"columns that are not used: {', '.join(map(repr, unclear))}, as its closes do not tell whether they are"
            " adjusted for them; an adjusted close would"
        )
