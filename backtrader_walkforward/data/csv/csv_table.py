"""A CSV file as a table of text: its header, and its cells by line."""

import csv
import io
import re
from collections.abc import Iterator

import pandas as pd

from backtrader_walkforward.errors import DataError
from backtrader_walkforward.system.text import pluralize

DELIMITERS = ",;\t"

SEPARATOR_LINE = re.compile(r"\Asep=.\r?\n", re.IGNORECASE)
"""First line of a file for Excel, which names the delimiter."""

MOST_LINES, MOST_COLUMNS, LONGEST_LINE = 100_000, 100, 10_000
"""Bounds of what is parsed; a century of days takes 25,000 lines."""


def table_of(text: str, name: str) -> tuple[list[str], pd.DataFrame]:
    """Return the header, and the cells by column position, indexed by the line that an editor shows.

    Raises
    ------
    DataError
        If the text is no table, or larger than any of daily prices.
    """
    text = SEPARATOR_LINE.sub("\n", text)
    first_line = next(line for line in _lines(text, name) if line.strip())
    delimiter = max(DELIMITERS, key=first_line.count)
    if delimiter not in first_line:
        raise DataError(
            f"{name}: the first line has one column only: {first_line.strip()[:40]!r}"
            " - separate the columns by commas, semicolons or tabs"
        )
    if first_line.count(delimiter) >= MOST_COLUMNS:
        raise DataError(f"{name}: the first line has more than {MOST_COLUMNS} columns - leave out those without prices")
    reader = csv.reader(_lines(text, name), delimiter=delimiter, skipinitialspace=True)
    try:
        (_, header), *rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DataError(f"{name}: line {reader.line_num} is not CSV ({error}) - save the file as plain CSV") from None
    for line, row in rows:
        if len(row) != len(header):
            raise DataError(
                f"{name}: line {line} has {pluralize(len(row), 'column')}, the first line has {len(header)}"
                " - give every row the same columns, and put numbers with commas in quotes"
            )
    if not rows:
        raise DataError(f"{name}: no rows below the column names - give it daily prices")
    return header, pd.DataFrame.from_dict(dict(rows), orient="index", dtype=str)


def _lines(text: str, name: str) -> Iterator[str]:
    """Yield the lines; refuse what no file of daily prices has, before it takes memory and minutes."""
    for number, line in enumerate(io.StringIO(text), 1):
        if number > MOST_LINES:
            raise DataError(f"{name}: more than {MOST_LINES:,} lines - give it one ticker's daily prices")
        if len(line) > LONGEST_LINE:
            raise DataError(f"{name}: line {number} has more than {LONGEST_LINE:,} characters - save the file as CSV")
        yield line
