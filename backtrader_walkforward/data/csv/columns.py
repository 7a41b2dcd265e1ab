"""Columns of a CSV file, by the names that sites and people give them."""

import re
from collections.abc import Mapping

import pandas as pd

from backtrader_walkforward.data.prices import ADJUSTED, PRICE_COLUMNS, YAHOO_DIVIDENDS, YAHOO_SPLITS
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.choices import CSV_COLUMNS, NO_COLUMN
from backtrader_walkforward.settings.ticker_in_file import TICKER_NAMES
from backtrader_walkforward.system.text import first_of

VOLUME = "Volume"

NAMES = {
    "Date": ("date", "datetime", "timestamp", "time", "data"),
    "Open": ("open", "otwarcie"),
    "High": ("high", "najwyzszy"),
    "Low": ("low", "najnizszy"),
    "Close": ("close", "close/last", "price", "zamkniecie"),
    ADJUSTED: (
        *("adj close", "adjusted close", "adjclose", "adj. close", "adjustedclose"),
        *("close adj", "close adj.", "close adjusted", "closeadj"),
    ),
    VOLUME: ("volume", "vol", "vol.", "wolumen"),
    YAHOO_DIVIDENDS: ("dividends", "dividend amount"),
    YAHOO_SPLITS: ("stock splits", "split coefficient"),
}
"""Names of each column, best first. The last are those of Stooq in Poland.

A file may write them in any case, with `_` for a space, in `<>`, with `*` behind them, or with a number before them:
`5. adjusted close`.
"""

NEEDED = ("Date", *PRICE_COLUMNS)

RANGE = tuple(kind for kind in PRICE_COLUMNS if kind != "Close")
"""Columns that a file may lack together: what has a close alone."""


def find_columns(header: list[str], chosen: Mapping[str, str], name: str) -> dict[str, int]:
    """Return the position of each column in a header.

    Parameters
    ----------
    header : list of str
        Cells of the line of names.
    chosen : mapping of str to str
        Names that the user gave, by their key in `CSV_COLUMNS`; `none` for a column that is not to be read.
    name : str
        Name of the file, with which messages begin.
    """
    words = [word_of(cell) for cell in header]
    found = {kind: next(filter(words.__contains__, names), None) for kind, names in NAMES.items()}
    if not found["Date"] and words[0] == "":
        found["Date"] = ""  # the index of a DataFrame has no name
    for key, given in chosen.items():
        found[CSV_COLUMNS[key]] = _chosen(key, given, words, header, name)
    for word in found.values():
        if word and words.count(word) > 1:
            raise DataError(f"{name}: two columns are named {word!r} - leave one of them out")
    _settle_closes(found, name)
    _refuse_lacking([kind for kind in NEEDED if found[kind] is None], header, name)
    return {kind: words.index(word) for kind, word in found.items() if word is not None}


def named_ticker(header: list[str], rows: pd.DataFrame, name: str) -> str | None:
    """Return the ticker that a column names; raise if it names more than one: their rows are no series."""
    named = None
    for at, cell in enumerate(header):
        if word_of(cell) in TICKER_NAMES:
            tickers = list(filter(None, rows[at].str.strip().unique()))
            if len(tickers) > 1:
                raise DataError(
                    f"{name}: its column {cell.strip()!r} names {first_of(tickers)} - keep the rows of one of them, or"
                    " leave the column out if all are prices of one"
                )
            named = next(iter(tickers), named)
    return named


def word_of(cell: str) -> str:
    """Return the name of a column as `NAMES` has it.

    >>> word_of("<DATE>"), word_of("5. Adjusted_Close"), word_of("Adj Close**")
    ('date', 'adjusted close', 'adj close')
    """
    word = re.sub(r"[_\s]+", " ", cell.strip().strip("<>").rstrip("*").rstrip().lower())
    return re.sub(r"^\d+[a-z]?\. ", "", word)


def shown(header: list[str]) -> str:
    """Return the names of a header as a part of a message."""
    return ", ".join(repr(cell.strip()) for cell in header)[:80]


def _chosen(key: str, given: str, words: list[str], header: list[str], name: str) -> str | None:
    if given == NO_COLUMN:
        return None
    if word_of(given) not in words:
        raise DataError(f"{name}: there is no column {given!r} for {key}: {shown(header)} - correct --csv-columns")
    return word_of(given)


def _settle_closes(found: dict[str, str | None], name: str) -> None:
    """Let an adjusted close be the close where no other price is read; raise where one column is both."""
    close, adjusted = found["Close"], found[ADJUSTED]
    alone = not any(found[kind] for kind in RANGE)
    if adjusted and alone and close in (None, adjusted):
        found["Close"] = found.pop(ADJUSTED)
    elif adjusted and close == adjusted:
        raise DataError(
            f"{name}: the column {close!r} cannot be both the close and the adjusted close - leave it out of"
            " --csv-columns, and all prices are scaled to the adjusted close; or add adjusted=none if all are adjusted"
        )


def _refuse_lacking(lacking: list[str], header: list[str], name: str) -> None:
    if lacking in ([], list(RANGE)):
        return
    if len(lacking) == len(NEEDED):
        raise DataError(
            f"{name}: the first line does not name the columns: {shown(header)} - begin with"
            " Date,Open,High,Low,Close,Volume, or add --csv-columns date=NAME,close=NAME"
        )
    key = "close" if "Close" in lacking else lacking[0].lower()  # a close alone is enough
    raise DataError(
        f"{name}: there is no column for {', '.join(kind.lower() for kind in lacking)}: {shown(header)}"
        f" - Date, Open, High, Low and Close are needed, or Date and Close: add --csv-columns {key}=NAME"
    )
