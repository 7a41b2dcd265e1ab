"""The ticker that a price file names inside."""

import csv
import gzip
import zlib
from codecs import getincrementaldecoder
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from backtrader_walkforward.system.files import GZIP, UTF_16, open_regular

FIRST_LINES = 8
"""Lines that are looked at: headers and a few days. A column with several tickers is refused with the prices."""

HEAD = 10_000 * FIRST_LINES
"""Bytes that they have at most; longer lines are refused with the prices, too."""

TICKER_NAMES = ("ticker", "tickers", "symbol")
"""Names of a column, or of a row of yfinance's header, that says of which instrument the prices are."""


def ticker_in_file(path: Path) -> str | None:
    """Return the one ticker that the first lines of a file name; None without one, or where there is no text."""
    try:
        text = text_of(head_of(path))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return None
    lines = [line for line in islice(text.splitlines(), FIRST_LINES) if line.strip()]
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    try:
        return named_in(list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True)))
    except csv.Error:
        return None


def head_of(path: Path) -> bytes:
    """Return the first bytes of a file, unpacked."""
    with open_regular(path) as file:
        head = file.read(HEAD)
        file.seek(0)
        return gzip.GzipFile(fileobj=file).read(HEAD) if head.startswith(GZIP) else head


def text_of(head: bytes) -> str:
    """Return the first bytes of a text decoded; they may end within a letter."""
    decoder = getincrementaldecoder("utf-16" if head.startswith(UTF_16) else "utf-8-sig")
    return decoder().decode(head)


def named_in(rows: Sequence[Sequence[str]]) -> str | None:
    """Return the one ticker that a table names, in a column or in a row of its header.

    >>> named_in([["Date", "Symbol", "Close"], ["2024-01-02", "AAPL", "185.64"]])
    'AAPL'
    >>> named_in([["Price", "Close", "Open"], ["Ticker", "SPY", "SPY"], ["2024-01-02", "472.6", "472.1"]])
    'SPY'
    """
    header, *days = rows or [[]]
    columns = [at for at, cell in enumerate(header) if is_ticker_name(cell)]
    named = [row[at] for row in days for at in columns if at < len(row)]
    named += [cell for row in days if row and is_ticker_name(row[0]) for cell in row[1:]]
    tickers = {cell.strip().upper() for cell in named if cell.strip()}
    return tickers.pop() if len(tickers) == 1 else None


def is_ticker_name(cell: str) -> bool:
    """Tell whether a cell is the name of tickers, also as `<TICKER>`."""
    return cell.strip().strip("<>").lower() in TICKER_NAMES
