"""Dividends and splits that a file names in columns of its own, and what they settle."""

import numpy as np
import pandas as pd

from backtrader_walkforward.data.actions.found import HALF, shown_dividends
from backtrader_walkforward.data.prices import DIVIDEND, SPLIT, YAHOO_DIVIDENDS, YAHOO_SPLITS

AGREES = 0.05
"""Share by which a dividend may differ from what the adjusted closes say."""


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
