"""Prices from a CSV file."""

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pandas as pd

from backtrader_walkforward.data.actions import actions_found
from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.csv.csv_table import read_table
from backtrader_walkforward.data.prices import ADJUSTED, PRICE_COLUMNS, Prices, prices_frame, rescaled
from backtrader_walkforward.errors import DataError, one_line

VOLUME = "Volume"

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

NEEDED = ("Date", *PRICE_COLUMNS)

RANGE = tuple(kind for kind in PRICE_COLUMNS if kind != "Close")
"""Columns that a file may lack together: what has a close alone."""

STAMP = r"^((?!0000)\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$"
"""A day, or a day with a time, or with a time and the zone of it."""

MIDNIGHT = r"00:00(?::00(?:\.0+)?)?"
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.IGNORECASE | re.ASCII)
TWO_WAYS = r"[+-]?\d{1,3}|[+-]?[1-9]\d{0,2}\.\d{3}"
"""Numbers that are the same or a thousand times larger where a point separates thousands."""

LEAST_VOLUME = 1000
"""A column named `vol` without one so large, or with fractions, holds volatility, perhaps."""

MISSING = ("", "null", "none", "nan", "na", "n/a", "-")


def read_csv(path: Path, ticker: str, calendar: ExchangeCalendar | None = None) -> Prices:
    """Return all prices of a file, in the order of the file. The numbers are not checked here.

    Columns are found by their usual names, in any case: date, open, high, low, close, and optionally volume and adj
    close. Closes alone are open, high and low, too. If there is an adjusted close, all four prices are multiplied by
    adjusted close / close and the volume is divided by it, so that the value traded stays the same.

    The day of a row is that of the exchange: the day as it is written, or, of a time stamp that is not midnight as it
    is written, the day that begins with it in the time zone of `calendar`.

    Raises
    ------
    DataError
        If the file or one of its cells cannot be read. The line is named.
    """
    name = one_line(path.name)
    content, header, rows = read_table(path)
    columns = _find_columns(header, name)
    days = _parse_days(rows[columns.pop("Date")], calendar, name)
    values = pd.DataFrame({kind: _parse_numbers(rows[at], kind, name) for kind, at in columns.items()})
    _refuse_two_ways(rows[list(columns.values())], name)
    notes = []
    if VOLUME in values and _named_vol(header[columns[VOLUME]]) and not _is_volume(values[VOLUME]):
        del values[VOLUME]
        notes.append(f"{name}: its column {header[columns[VOLUME]].strip()!r} is not read as volume")
    if not any(kind in values for kind in RANGE):
        values = values.assign(**dict.fromkeys(RANGE, values["Close"]))
        notes.append(f"{name}: no open, high and low columns, each is taken as the close: orders fill at closes")
    quoted = values
    if ADJUSTED in values:
        values = _adjust(values, name)
        notes.append(f"{name}: open, high, low and close are scaled to its adjusted close, volume the other way round")
    if VOLUME not in values:
        values[VOLUME] = 0.0
        notes.append(f"{name}: no volume column, volume is taken as 0")
    frame = prices_frame(values.set_index(pd.DatetimeIndex(days)))
    source, digest = f"CSV file {name}", sha256(content).hexdigest()
    prices = Prices(frame, ticker, source, tuple(notes), used_source="csv", csv_sha256=digest)
    return _with_actions(prices, quoted.set_axis(frame.index), name) if ADJUSTED in quoted else prices


def _find_columns(header: list[str], name: str) -> dict[str, int]:
    """Return the position of each column in a header."""
    words = [re.sub(r"[_\s]+", " ", cell.strip().strip("<>").lower()) for cell in header]
    found = {kind: next(filter(words.__contains__, names), None) for kind, names in NAMES.items()}
    for word in found.values():
        if word and words.count(word) > 1:
            raise DataError(f"{name}: two columns are named {word!r} - leave one of them out")
    lacking = [kind for kind in NEEDED if not found[kind]]
    if lacking == list(RANGE):
        lacking = []
    shown = ", ".join(repr(cell.strip()) for cell in header)[:80]
    if len(lacking) == len(NEEDED):
        raise DataError(
            f"{name}: the first line does not name the columns: {shown} - begin with Date,Open,High,Low,Close,Volume"
        )
    if lacking:
        raise DataError(
            f"{name}: there is no column for {', '.join(kind.lower() for kind in lacking)}: {shown}"
            " - Date, Open, High, Low and Close are needed"
        )
    return {kind: words.index(word) for kind, word in found.items() if word}


def _parse_days(cells: pd.Series, calendar: ExchangeCalendar | None, name: str) -> pd.Series:
    """Return the days of a column of ISO dates, which may have a time of day: midnight, there or at the exchange."""
    parts = cells.str.strip().str.extract(STAMP)
    days = pd.to_datetime(parts[0], format="%Y-%m-%d", errors="coerce")
    _refuse(cells[days.isna()], "date", "write dates as YYYY-MM-DD, for example 2020-03-31", name)
    moved = parts[1].notna() & ~parts[1].str.fullmatch(MIDNIGHT).fillna(value=False).astype(bool)
    if not moved.any():
        return days
    unclear = moved & parts[2].isna()
    _refuse(
        cells[unclear], "date", "a time that is not midnight needs its zone, such as Z: or write the day alone", name
    )
    if calendar is None:
        remedy = "it is not midnight, so the day is another one in other places: add --calendar, such as XTKS"
        _refuse(cells[moved], "date", remedy, name)
        return days
    local = pd.to_datetime(cells[moved].str.strip(), utc=True, format="ISO8601", errors="coerce")
    local = local.dt.tz_convert(str(calendar.zone)).dt.tz_localize(None)
    wrong = local.index[local.isna() | (local != local.dt.normalize())]
    _refuse(cells[wrong], "date", f"it is not midnight in {calendar.zone}: write the days of the exchange", name)
    return days.mask(moved, local)


def _parse_numbers(cells: pd.Series, kind: str, name: str) -> pd.Series:
    """Return the numbers of a column; NaN where a cell is empty or one of `MISSING`."""
    text = cells.str.strip().str.lower()
    text = text.mask(text.isin(MISSING))
    unreadable = text.notna() & ~text.str.fullmatch(NUMBER).fillna(value=False).astype(bool)
    remedy = "write numbers like 1234.5, without thousands separators, signs or units"
    _refuse(cells[unreadable], kind.lower(), remedy, name)
    return text.astype("float64")


def _refuse_two_ways(cells: pd.DataFrame, name: str) -> None:
    """Raise if no number of a file tells whether its points separate decimals or thousands."""
    numbers = pd.Series(cells.to_numpy().ravel()).str.strip()
    numbers = numbers[~numbers.str.lower().isin(MISSING)]
    if numbers.str.contains(".", regex=False).any() and numbers.str.fullmatch(TWO_WAYS).all():
        found = next(number for number in numbers if "." in number)
        raise DataError(
            f"{name}: {found} can be read in two ways, as {found.replace('.', '')} or as {found}0, and no number of the"
            " file tells - write one of the two"
        )


def _named_vol(title: str) -> bool:
    return title.strip().strip("<>").lower() == "vol"


def _is_volume(values: pd.Series) -> bool:
    known = values.dropna()
    return bool((known % 1 == 0).all() and known.max() >= LEAST_VOLUME)


def _refuse(cells: pd.Series, kind: str, remedy: str, name: str) -> None:
    """Raise for the first of the unreadable cells, if there are any."""
    if len(cells):
        more = f" (and {len(cells) - 1} more)" if len(cells) > 1 else ""
        raise DataError(
            f"{name}: line {cells.index[0]}: the {kind} {cells.iloc[0][:30]!r} is not clear{more} - {remedy}"
        )


def _adjust(values: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the values with prices multiplied by adjusted close / close, and the volume divided by it."""
    unusable = values.index[~(values[ADJUSTED] > 0) & values["Close"].notna()]
    if len(unusable):
        raise DataError(
            f"{name}: line {unusable[0]}: the adjusted close is missing or not above zero"
            " - fill it in, or leave out the whole column"
        )
    return rescaled(values, values[ADJUSTED] / values["Close"], volume=VOLUME in values)


def _with_actions(prices: Prices, quoted: pd.DataFrame, name: str) -> Prices:
    """Return the prices with the closes of the file, and the dividends and splits that lead to its adjusted closes."""
    actions = actions_found(quoted["Close"], quoted[ADJUSTED])
    notes = (
        [] if actions is not None else [f"{name}: no dividends and splits lead from its close to its adjusted close"]
    )
    return replace(prices, unadjusted_close=quoted["Close"], actions=actions).with_notes(*notes)
