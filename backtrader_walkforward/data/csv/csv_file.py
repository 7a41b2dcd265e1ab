"""Prices from a CSV file."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from backtrader_walkforward.data.actions.doubts import doubt_notes
from backtrader_walkforward.data.actions.found import actions_found
from backtrader_walkforward.data.actions.named import as_quoted, named_actions, settled_splits
from backtrader_walkforward.data.actions.told_by_closes import AdjustedTable, adjusted_by_columns
from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.csv.bars import checked_volume, completed, without_blank_rows
from backtrader_walkforward.data.csv.columns import find_columns, named_ticker, word_of
from backtrader_walkforward.data.csv.csv_table import table_of
from backtrader_walkforward.data.csv.days import read_days
from backtrader_walkforward.data.csv.file_text import read_text
from backtrader_walkforward.data.csv.form import AS_FOUND, CsvForm
from backtrader_walkforward.data.csv.header_rows import Header, single_header
from backtrader_walkforward.data.csv.numbers import Numbers, read_numbers
from backtrader_walkforward.data.csv.rivals import KEYS, refuse_rivals, unread_adjusted
from backtrader_walkforward.data.prices import ADJUSTED, YAHOO_DIVIDENDS, YAHOO_SPLITS, Prices, prices_frame
from backtrader_walkforward.errors import DataError, one_line
from backtrader_walkforward.settings.file_ticker import contradicts, ticker_told_by_name


class Quotes(NamedTuple):
    """The columns of a file as numbers, oldest first, by line; the day of each line; notes on the reading."""

    table: pd.DataFrame
    days: pd.Series
    notes: list[str]
    kinds: dict[str, str]
    """Kinds of its closes (`told_by_closes`)."""


def read_csv(
    path: Path,
    ticker: str,
    calendar: ExchangeCalendar | None = None,
    form: CsvForm = AS_FOUND,
    kinds: Mapping[str, str] | None = None,
) -> Prices:
    """Return all prices of a file, oldest first. The numbers are not checked here.

    Parameters
    ----------
    path : Path
        Text in UTF-8 or UTF-16, which may be packed by gzip.
    ticker : str
        Symbol of the run. Of a file with the prices of several tickers, its columns are read.
    calendar : ExchangeCalendar, optional
        Sessions of the exchange, by which times become days.
    form : CsvForm, optional
        What the user says about the file. The rest is found in the file.
    kinds : mapping of str to str, optional
        Kinds of its closes that were decided before (`told_by_closes`).

    Raises
    ------
    DataError
        If the file or one of its cells cannot be read, or can be read in two ways. The line is named.
    """
    name = one_line(path.name)
    content, text = read_text(path)
    quotes = read_quotes(text, ticker, calendar, form, name, kinds)
    bars, notes = completed(quotes.table, name)
    frame = prices_frame(bars.set_index(pd.DatetimeIndex(quotes.days)))
    noted = tuple(f"{name}: {note}" for note in [*quotes.notes, *notes])
    digest = sha256(content).hexdigest()
    prices = Prices(
        frame, ticker, f"CSV file {name}", noted, used_source="csv", csv_sha256=digest, kinds_of_closes=quotes.kinds
    )
    return _with_actions(prices, quotes.table.set_axis(frame.index), name) if ADJUSTED in quotes.table else prices


def read_quotes(
    text: str,
    ticker: str,
    calendar: ExchangeCalendar | None,
    form: CsvForm,
    name: str,
    kinds: Mapping[str, str] | None = None,
) -> Quotes:
    """Return the columns of the text of a file that are needed; see `read_csv`."""
    header, rows = single_header(*table_of(text, name), ticker, name)
    columns = find_columns(header.columns, form.columns, name)
    named = header.ticker or named_ticker(header.columns, rows, name)
    refuse_rivals(header.columns, rows, columns, form.columns, name)
    days = read_days(rows[columns["Date"]], calendar, form.dates, name)
    cells = {kind: rows[at] for kind, at in columns.items() if kind != "Date"}
    numbers, on_unread = _numbers_of(cells, form.decimals, name)
    newest_first = len(days.series) > 1 and days.series.is_monotonic_decreasing
    values = numbers.table[::-1] if newest_first else numbers.table
    titles = {kind: header.columns[at].strip() for kind, at in columns.items()}
    ways = [*days.ways, *(["newest first"] if newest_first else []), *numbers.ways]
    sure = numbers.has_units or "volume" in form.columns
    values, on_volume = (values, []) if sure else checked_volume(values, titles)
    values, on_rows = without_blank_rows(values)
    settled = ADJUSTED in values or KEYS[ADJUSTED] in form.columns
    values, found, on_actions = AdjustedTable(values, {}, []) if settled else adjusted_by_columns(values, kinds)
    notes = [
        *_on_header(header, titles),
        *_on_ticker(named, ticker, name),
        *unread_adjusted(header.columns, columns, form.columns),
        *on_unread,
    ]
    notes += on_actions
    notes += [f"read as {', '.join(ways)}"] if ways else []
    return Quotes(values, days.series[values.index], [*notes, *on_volume, *on_rows], found)


def _numbers_of(cells: dict[str, pd.Series], decimals: str | None, name: str) -> tuple[Numbers, list[str]]:
    """Return the numbers of all columns; without those that name actions, with a note, if these cannot be read."""
    prices = {kind: column for kind, column in cells.items() if kind not in (YAHOO_DIVIDENDS, YAHOO_SPLITS)}
    try:
        return read_numbers(cells, decimals, name), []
    except DataError as error:
        if len(prices) == len(cells):
            raise
        left_out = " and ".join(repr(kind) for kind in cells if kind not in prices)
        return read_numbers(prices, decimals, name), [
            f"columns that are not used: {left_out}, as they cannot be read: {str(error).removeprefix(f'{name}: ')}"
        ]


def _on_header(header: Header, titles: dict[str, str]) -> Iterator[str]:
    """Yield notes on columns that are not the only ones, or have an unusual name."""
    if header.ticker:
        yield f"its columns of {header.ticker} are read"
    if word_of(titles["Close"]) != "close":
        yield f"its column {titles['Close'][:30]!r} is the close"


def _on_ticker(named: str | None, ticker: str, name: str) -> Iterator[str]:
    """Yield a note if the file names another ticker than the run, or than its own name tells."""
    by_name = ticker_told_by_name(name)
    if contradicts(named, ticker):
        yield f"it names {named}, and the run is of {ticker}: add --ticker {named} if these are its prices"
    elif named and contradicts(by_name, ticker):
        yield f"its name tells {by_name}, and {named} inside counts: add --ticker {by_name} if these are its prices"


def _with_actions(prices: Prices, quoted: pd.DataFrame, name: str) -> Prices:
    """Return the prices with the closes of the file, and the dividends and splits that lead to its adjusted closes."""
    named = named_actions(quoted)
    close = as_quoted(quoted["Close"], quoted[ADJUSTED], named)
    settled = settled_splits(named, close, quoted[ADJUSTED])
    actions = actions_found(close, quoted[ADJUSTED], settled)
    named_days = pd.DatetimeIndex(settled.dropna().index)
    prices = replace(prices, unadjusted_close=close, actions=actions, named_days=named_days)
    if actions is None:
        return prices.with_notes(f"{name}: no dividends and splits lead from its close to its adjusted close")
    return prices.with_notes(*(f"{name}: {note}" for note in doubt_notes(prices)))
