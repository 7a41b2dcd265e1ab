"""Prices from a CSV file."""

import csv
import io
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pandas as pd

from backtrader_walkforward.data.csv_columns import ADJUSTED, VOLUME, find_columns, parse_days, parse_numbers
from backtrader_walkforward.data.prices import PRICE_COLUMNS, Prices, prices_frame
from backtrader_walkforward.errors import DataError, one_line

DELIMITERS = ",;\t"

LARGEST_FILE = 50_000_000
"""Size in bytes; a century of days takes 2,000,000."""


@dataclass(frozen=True)
class Table:
    """The cells of a file: `rows` by column position, indexed by the line number that an editor shows; its digest."""

    name: str
    header: list[str]
    rows: pd.DataFrame
    sha256: str


def read_csv(path: Path, ticker: str) -> Prices:
    """Return all prices of a file, in the order of the file. The numbers are not checked here.

    Columns are found by their usual names, in any case: date, open, high, low, close, and optionally volume and adj
    close. If there is an adjusted close, all four prices are multiplied by adjusted close / close.

    Raises
    ------
    DataError
        If the file or one of its cells cannot be read. The line is named.
    """
    table = read_table(path)
    columns = find_columns(table.header, table.name)
    days = parse_days(table.rows[columns.pop("Date")], table.name)
    values = pd.DataFrame({kind: parse_numbers(table.rows[at], kind, table.name) for kind, at in columns.items()})
    notes = []
    if ADJUSTED in values:
        values = _adjust(values, table.name)
        notes.append(f"{table.name}: open, high, low and close are scaled to its adjusted close")
    if VOLUME not in values:
        values[VOLUME] = 0.0
        notes.append(f"{table.name}: no volume column, volume is taken as 0")
    frame = prices_frame(values.set_index(pd.DatetimeIndex(days)))
    return Prices(frame, ticker, f"CSV file {table.name}", tuple(notes), used_source="csv", csv_sha256=table.sha256)


def read_table(path: Path) -> Table:
    """Return the cells of a file with commas, semicolons or tabs between its columns."""
    name = one_line(path.name)
    content = _read_bytes(path, name)
    text = _text_of(content, name)
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first_line.count)
    if delimiter not in first_line:
        raise DataError(
            f"{name}: the first line has one column only: {first_line.strip()[:40]!r}"
            " - separate the columns by commas, semicolons or tabs"
        )
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    try:
        numbered = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise DataError(f"{name}: line {reader.line_num} is not CSV ({error}) - save the file as plain CSV") from None
    return _table(name, numbered, sha256(content).hexdigest())


def _table(name: str, numbered: list[tuple[int, list[str]]], digest: str) -> Table:
    """Return the table of numbered lines; the first line names the columns."""
    (_, header), *rows = numbered
    for line, cells in rows:
        if len(cells) != len(header):
            raise DataError(
                f"{name}: line {line} has {len(cells)} columns, the first line has {len(header)}"
                " - give every row the same columns, and numbers no thousands separators"
            )
    if not rows:
        raise DataError(f"{name}: no rows below the column names - give it daily prices")
    table = pd.DataFrame([cells for _, cells in rows], index=[line for line, _ in rows], dtype=str)
    return Table(name, header, table, digest)


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise DataError(f"--csv {path}: there is no such file - check the name and the folder") from None
    except IsADirectoryError:
        raise DataError(f"--csv {path}: this is a folder - name a file in it") from None
    except OSError as error:
        raise DataError(f"--csv {path}: it cannot be read ({error.strerror}) - check its permissions") from None
    if len(content) > LARGEST_FILE:
        raise DataError(f"{name}: the file has more than {LARGEST_FILE:,} bytes - give it one ticker's daily prices")
    return content


def _text_of(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{name}: this is not a text file in UTF-8 - save the table as CSV in UTF-8") from None
    if "\0" in text:
        raise DataError(f"{name}: this is not a text file - save the table as CSV in UTF-8")
    if not text.strip():
        raise DataError(f"{name}: the file is empty - give it a line of column names and daily prices")
    return text


def _adjust(values: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the values with all four prices multiplied by adjusted close / close."""
    unusable = values.index[~(values[ADJUSTED] > 0) & values["Close"].notna()]
    if len(unusable):
        raise DataError(
            f"{name}: line {unusable[0]}: the adjusted close is missing or not above zero"
            " - fill it in, or leave out the whole column"
        )
    factor = values[ADJUSTED] / values["Close"]
    return values.assign(**{column: values[column] * factor for column in PRICE_COLUMNS})
