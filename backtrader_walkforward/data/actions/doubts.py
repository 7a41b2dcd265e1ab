"""Doubtful actions: dividends that prices do not show, and large steps that only the adjusted closes of a file tell."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.data.actions.found import shown_dividends, unshown
from backtrader_walkforward.data.actions.split_ratios import split_ratio
from backtrader_walkforward.data.prices import DIVIDEND, SPLIT, Prices

LARGE = 0.2
"""Share of the close from which on a dividend, a split or both may be each other, or shares of another company."""

PLAIN = (5 / 4, 4 / 3, 3 / 2)
"""Ratios of splits that are usual, beside the whole ones: no dividend is believed to be as large to the digit."""


def replaceable_actions(prices: Prices) -> pd.DataFrame:
    """Return the actions that yield to what a user says of their days, by ex-day.

    Yahoo names its dividends, but its adjusted closes may not show them. A file tells its actions by adjusted closes
    alone: a large step may be a split, a dividend or both, unless a column names what it is.
    """
    quoted, actions = prices.unadjusted_close, prices.actions
    if quoted is None or actions is None:
        return pd.DataFrame(columns=[DIVIDEND, SPLIT], index=pd.DatetimeIndex([]), dtype=float)
    splits = actions[SPLIT].reindex(quoted.index, fill_value=1.0)
    actions = actions[actions.index.isin(quoted.index)]
    if prices.used_source == "csv":
        return actions[(steps_of(actions, quoted) <= 1 - LARGE) & ~actions.index.isin(prices.named_days)]
    shown = shown_dividends(quoted, prices.frame["Close"], splits)[actions.index]
    missing = unshown(actions[DIVIDEND], shown, quoted.shift()[actions.index])
    return actions[missing & (prices.used_source == "yahoo")]


def doubtful_actions(prices: Prices) -> pd.DataFrame:
    """Return those replaceable actions that need the word of a user: a split of a plain ratio does not."""
    actions = replaceable_actions(prices)
    split = actions[SPLIT]
    is_plain = (split % 1 == 0) | np.isclose(split.to_numpy()[:, None], PLAIN).any(axis=1)
    return actions[~((actions[DIVIDEND] == 0) & (split > 1) & is_plain)]


def steps_of(actions: pd.DataFrame, quoted: pd.Series) -> pd.Series:
    """Return the factor by which each action lowers the close before, as quoted."""
    return (1 - actions[DIVIDEND] / quoted.shift()[actions.index]) / actions[SPLIT]


def doubt_notes(prices: Prices) -> Iterator[str]:
    """Yield a line on each doubtful action of a file."""
    doubtful, quoted = doubtful_actions(prices), prices.unadjusted_close
    if quoted is None or doubtful.empty:
        return
    falls = (1 - steps_of(doubtful, quoted)) * quoted.shift()[doubtful.index]
    for (day, paid, split), whole in zip(doubtful.itertuples(name=None), falls, strict=True):
        if split == 1:
            yield (
                f"its adjusted closes show a dividend of {paid:,.4g} on {day:%Y-%m-%d}, a large part of the close"
                " before: is it a split, or shares of another company?"
            )
        else:
            new, old = split_ratio(split).as_integer_ratio()
            yield (
                f"its adjusted closes show a split {new}:{old}{f' and a dividend of {paid:,.4g}' if paid else ''} on"
                f" {day:%Y-%m-%d}, or one dividend of {whole:,.4g}: they do not tell which"
            )
