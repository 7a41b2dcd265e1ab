"""Columns of a price file: their names, and the values of their cells."""

import re

import pandas as pd

from backtrader_walkforward.errors import DataError

VOLUME = "Volume"
ADJUSTED = "Adj Close"

NAMES = {
    "Date": ("date", "datetime", "timestamp", "time"),
    "Open": ("open",),
    "High": ("high",),
    "Low": ("low",),
    "Close": ("close",),
    ADJUSTED: ("adj close", "adjusted close", "adjclose"),
    VOLUME: ("volume", "vol"),
}
"""Names of each column, best first. A file may write them in any case, with `_` for a space, and in `<>`."""

OPTIONAL = (ADJUSTED, VOLUME)

DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.IGNORECASE | re.ASCII)
MISSING = ("", "null", "none", "nan", "na", "n/a", "-")


def find_columns(header: list[str], name: str) -> dict[str, int]:
    """Return the position of each column in a header.

    Raises
    ------
    DataError
        If a column is missing or named twice, or the first line holds no names.
    """
    words = [re.sub(r"[_\s]+", " ", cell.strip().strip("<>").lower()) for cell in header]
    found = {kind: _position(kind, words, name) for kind in NAMES}
    lacking = [kind for kind, at in found.items() if at is None and kind not in OPTIONAL]
    shown = ", ".join(repr(cell.strip()) for cell in header)[:80]
    if len(lacking) == len(NAMES) - len(OPTIONAL):
        raise DataError(
            f"{name}: the first line does not name the columns: {shown} - begin with Date,Open,High,Low,Close,Volume"
        )
    if lacking:
        raise DataError(
            f"{name}: there is no column for {', '.join(kind.lower() for kind in lacking)}: {shown}"
            " - Date, Open, High, Low and Close are needed"
        )
    return {kind: at for kind, at in found.items() if at is not None}


def _position(kind: str, words: list[str], name: str) -> int | None:
    for word in NAMES[kind]:
        if words.count(word) > 1:
            raise DataError(f"{name}: two columns are named {word!r} - leave one of them out")
        if word in words:
            return words.index(word)
    return None


def parse_days(cells: pd.Series, name: str) -> pd.Series:
    """Return the days of a column of ISO dates, without their time of day.

    Raises
    ------
    DataError
        If a cell is not a day of the calendar as YYYY-MM-DD. The line is named.
    """
    text = cells.str.strip().str.extract(rf"^(?:{DAY.pattern})$")[0]
    days = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    _refuse(cells[days.isna()], "date", "write dates as YYYY-MM-DD, for example 2020-03-31", name)
    return days


def parse_numbers(cells: pd.Series, kind: str, name: str) -> pd.Series:
    """Return the numbers of a column; NaN where a cell is empty or one of `MISSING`.

    Raises
    ------
    DataError
        If a cell holds any other text. The line is named.
    """
    text = cells.str.strip().str.lower()
    text = text.mask(text.isin(MISSING))
    unreadable = text.notna() & ~text.str.fullmatch(NUMBER).fillna(value=False).astype(bool)
    remedy = "write numbers like 1234.5, without thousands separators, signs or units"
    _refuse(cells[unreadable], kind.lower(), remedy, name)
    return text.astype("float64")


def _refuse(cells: pd.Series, kind: str, remedy: str, name: str) -> None:
    """Raise for the first of the unreadable cells, if there are any."""
    if len(cells):
        more = f" (and {len(cells) - 1} more)" if len(cells) > 1 else ""
        raise DataError(
            f"{name}: line {cells.index[0]}: the {kind} {cells.iloc[0][:30]!r} is not clear{more} - {remedy}"
        )
