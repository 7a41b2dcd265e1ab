"""Bars of open, high, low, close and volume from the columns that a CSV file has."""

import pandas as pd

from backtrader_walkforward.data.csv.columns import RANGE, VOLUME, word_of
from backtrader_walkforward.data.prices import ADJUSTED, PRICE_COLUMNS, YAHOO_DIVIDENDS, YAHOO_SPLITS, rescaled
from backtrader_walkforward.errors import DataError

LEAST_VOLUME = 1000
"""A column named `vol` without one so large, or with fractions, holds volatility, perhaps."""


def checked_volume(values: pd.DataFrame, titles: dict[str, str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the values without a volume that is empty, or that its title `vol` may name wrongly, and a note on it."""
    if VOLUME not in values:
        return values, []
    known, title = values[VOLUME].dropna(), titles[VOLUME]
    if known.empty:
        return values.drop(columns=VOLUME), [f"its column {title!r} is empty"]
    whole = bool((known % 1 == 0).all() and known.max() >= LEAST_VOLUME)
    if word_of(title).rstrip(".") == "vol" and not whole:
        return values.drop(columns=VOLUME), [f"its column {title!r} is not read as volume"]
    return values, []


def without_blank_rows(values: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows that have a price, and a note on the others. Where none has one, all rows are returned."""
    blank = values.drop(columns=[VOLUME, YAHOO_DIVIDENDS, YAHOO_SPLITS], errors="ignore").isna().all(axis=1)
    if not blank.any() or blank.all():
        return values, []
    return values[~blank], [
        f"{int(blank.sum())} of its rows have no price and are left out, first line {blank.idxmax()}"
    ]


def completed(values: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Return bars with all columns, adjusted, and notes on what was done.

    Closes alone are open, high and low, too. If there is an adjusted close, all four prices are multiplied by
    adjusted close / close and the volume is divided by it, so that the value traded stays the same. Without a volume
    it is 0.
    """
    notes = []
    if not any(kind in values for kind in RANGE):
        values = values.assign(**dict.fromkeys(RANGE, values["Close"]))
        notes.append("no open, high and low columns, each is taken as the close: orders fill at closes")
    if ADJUSTED in values:
        values = _adjust(values, name)
        notes.append("open, high, low and close are scaled to its adjusted close, volume the other way round")
    if VOLUME not in values:
        values = values.assign(Volume=0.0)
        notes.append("no volume column, volume is taken as 0")
    return values[[*PRICE_COLUMNS, VOLUME]], notes


def _adjust(values: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the values with prices multiplied by adjusted close / close, and the volume divided by it."""
    unusable = values.index[~(values[ADJUSTED] > 0) & values["Close"].notna()]
    if len(unusable):
        raise DataError(
            f"{name}: line {unusable[0]}: the adjusted close is missing or not above zero"
            " - fill it in, or leave out the column with --csv-columns adjusted=none"
        )
    return rescaled(values, values[ADJUSTED] / values["Close"], volume=VOLUME in values)
