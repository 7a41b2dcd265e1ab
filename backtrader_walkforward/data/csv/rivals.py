"""Columns of a CSV file that may hold the same as those that are read."""

from collections.abc import Mapping

import pandas as pd

from backtrader_walkforward.data.csv.columns import NAMES, shown, word_of
from backtrader_walkforward.data.prices import ADJUSTED, PRICE_COLUMNS
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.choices import CSV_COLUMNS

KEYS = {kind: key for key, kind in CSV_COLUMNS.items() if kind in (*PRICE_COLUMNS, ADJUSTED)}
"""Keys of `--csv-columns` by the price that they name."""


def refuse_rivals(
    header: list[str], rows: pd.DataFrame, columns: Mapping[str, int], chosen: Mapping[str, str], name: str
) -> None:
    """Raise if two columns have usual names of one price, differ, and the user names neither.

    Parameters
    ----------
    header : list of str
        Cells of the line of names.
    rows : DataFrame
        Text by column position, indexed by line.
    columns : mapping of str to int
        Positions of the columns that are read.
    chosen : mapping of str to str
        Names that the user gave, by their key.
    name : str
        Name of the file, with which messages begin.
    """
    named = {word_of(given) for given in chosen.values()}
    words = [word_of(cell) for cell in header]
    for at in columns.values():
        kind = next((kind for kind in KEYS if words[at] in NAMES[kind]), None)
        if kind is None or words[at] in named:
            continue
        for other, word in enumerate(words):
            if other != at and word in NAMES[kind] and word not in named:
                _refuse_difference(rows[at], rows[other], shown([header[at], header[other]]), KEYS[kind], name)


def unread_adjusted(header: list[str], columns: Mapping[str, int], chosen: Mapping[str, str]) -> list[str]:
    """Return a note on the columns that tell of adjustment and are not read, unless the user names the adjusted close.

    >>> unread_adjusted(["Date", "Close", "Adj Factor"], {"Date": 0, "Close": 1}, {})
    ["columns that are not read: 'Adj Factor' (--csv-columns adjusted=NAME names the adjusted close)"]
    """
    unread = [cell for at, cell in enumerate(header) if at not in columns.values() and "adj" in cell.lower()]
    if not unread or KEYS[ADJUSTED] in chosen:
        return []
    remedy = "" if ADJUSTED in columns else f" (--csv-columns {KEYS[ADJUSTED]}=NAME names the adjusted close)"
    return [f"columns that are not read: {shown(unread)}{remedy}"]


def _refuse_difference(first: pd.Series, other: pd.Series, names: str, key: str, name: str) -> None:
    """Raise if the cells of two columns differ, as text and as numbers."""
    numbers = [pd.to_numeric(column, errors="coerce") for column in (first, other)]
    differ = (first.str.strip() != other.str.strip()) & (numbers[0] != numbers[1])
    if differ.any():
        raise DataError(
            f"{name}: line {differ.idxmax()}: the columns {names} differ, and the names do not tell which is read"
            f" - add --csv-columns {key}=NAME"
        )
