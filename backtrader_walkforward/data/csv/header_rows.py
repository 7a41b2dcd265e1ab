"""The header of yfinance's `to_csv`: a row of columns, a row of tickers, and often one that names the index.

::

    Price,Close,High,Low,Open,Volume          ,Close,Close,Open,Open
    Ticker,SPY,SPY,SPY,SPY,SPY                ,SPY,QQQ,SPY,QQQ
    Date,,,,,                                 Date,,,,
    2024-01-02,472.6,473.6,470.4,472.1,1000   2024-01-02,472.6,402.5,472.1,405.8
"""

import re
from typing import NamedTuple

import pandas as pd

from backtrader_walkforward.data.csv.numbers import MISSING
from backtrader_walkforward.errors import DataError

LEVELS = ("price", "ticker", "")
"""First cells of the rows of columns and of tickers."""

FIRST_CELLS = (*LEVELS, "date", "datetime")
PRICES = {"close", "adj close"}
NUMBER_LIKE = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*")


class Header(NamedTuple):
    """One row of column names, and whose prices they are where the header says so."""

    columns: list[str]
    ticker: str | None = None


def single_header(first: list[str], rows: pd.DataFrame, ticker: str, name: str) -> tuple[Header, pd.DataFrame]:
    """Return one row of column names and the rows below, of a table that may have two or three such rows.

    Of several tickers, the columns of `ticker` keep their names. The others have none.

    Raises
    ------
    DataError
        If the header names several tickers, and `ticker` is not one of them.
    """
    below = _headings(rows.iloc[:2].to_numpy().tolist())
    naming = [row for row in (first, *below) if _names_prices(row)]
    tickers = [row for row in (first, *below[:1]) if not _names_prices(row) and any(map(str.strip, row[1:]))]
    if not below or len(naming) != 1 or len(tickers) != 1:
        return Header(first), rows
    [kinds], [symbols] = naming, tickers
    chosen = _choose({cell.strip().upper(): None for cell in symbols[1:] if cell.strip()}, ticker, name)
    index = [row[0] for row in (kinds, *below) if row[0].strip().lower() not in LEVELS]
    columns = [
        kind if symbol.strip().upper() in ("", chosen) else ""
        for kind, symbol in zip(kinds[1:], symbols[1:], strict=True)
    ]
    return Header([*(index or [""])[:1], *columns], chosen), rows.iloc[len(below) :]


def _headings(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows below the first that belong to the header: one of names, and one that names the index alone."""
    if not _is_heading(rows[0]):
        return []
    return [row for at, row in enumerate(rows) if not at or (_is_heading(row) and not any(map(str.strip, row[1:])))]


def _is_heading(row: list[str]) -> bool:
    """Tell whether a row below the first holds names: no date before it, no number in it, and no word for none."""
    cells = [cell.strip().lower() for cell in row]
    named = not any(cell and (cell in MISSING or NUMBER_LIKE.fullmatch(cell)) for cell in cells[1:])
    return cells[0] in FIRST_CELLS and named


def _names_prices(row: list[str]) -> bool:
    return not PRICES.isdisjoint(cell.strip().lower() for cell in row)


def _choose(symbols: dict[str, None], ticker: str, name: str) -> str:
    """Return the ticker whose columns are read: the only one, or that of the run."""
    if len(symbols) > 1 and ticker not in symbols:
        shown = ", ".join(symbols)[:80]
        raise DataError(f"{name}: it has prices of {shown}, and none of {ticker} - add --ticker {next(iter(symbols))}")
    return ticker if ticker in symbols else next(iter(symbols))
