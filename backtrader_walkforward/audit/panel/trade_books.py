"""The books, traded again: over bars that are known at the start, and over bars that come day by day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel
from backtrader_walkforward.audit.panel.day_stream import Bars, DayStream
from backtrader_walkforward.panels.book.result import BookResult
from backtrader_walkforward.panels.book.run import book_results, book_variants
from backtrader_walkforward.panels.book.trade import feeds_of, first_day_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import Variant

Histories = dict[str, pd.DataFrame]
"""Bars by ticker."""

Traded = list[BookResult]


def with_books(panel: AuditedPanel, strategies: Sequence[str] | None) -> AuditedPanel:
    """Return the panel with its books."""
    variants, first_day = book_variants(panel.settings, strategies), first_day_of(panel.signals)
    books = trade(panel.signals, variants, panel.settings, first_day)
    return replace(panel, variants=variants, first_day=first_day, books={book.name: book for book in books})


def trade(bars: Histories, variants: Sequence[Variant], settings: Settings, first_day: date | None) -> Traded:
    """Trade the variants over bars that are all known at the start."""
    return book_results(feeds_of(bars), bars, variants, settings, first_day)


def trade_day_by_day(
    days: Iterator[Bars],
    tickers: Sequence[str],
    columns: Mapping[str, list[str]],
    variants: Sequence[Variant],
    settings: Settings,
    first_day: date | None,
) -> Traded:
    """Trade the variants over the bars that come."""
    stream = DayStream(days)
    feeds = {ticker: stream.feed(ticker, columns[ticker]) for ticker in tickers}
    bars = {ticker: feed.p.dataname for ticker, feed in feeds.items()}
    return book_results(feeds, bars, variants, settings, first_day, bar_by_bar=True)
