"""The books in a process of their own: the feeds of hundreds of tickers take memory that ends with it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from backtrader_walkforward.panels.book.result import BookResult
from backtrader_walkforward.panels.book.run import book_variants, run_books
from backtrader_walkforward.panels.tasks.studies import Studies
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.processes import travelled
from backtrader_walkforward.trading.analyzers import RECORDERS


def books_of(studies: Studies, settings: Settings, strategies: Sequence[str] | None) -> list[BookResult]:
    """Run the books of all tickers in this process, without what the recorders returned: the results have it, too."""
    books = run_books({ticker: study.bars for ticker, study in studies.items()}, settings, strategies)
    return [replace(book, analyses=without_recorders(book.analyses)) for book in books]


def books_apart(studies: Studies, settings: Settings, strategies: Sequence[str] | None) -> list[BookResult]:
    """Run the books in new processes, the strategies side by side, the benchmark beside each of them.

    What an analyzer returns that cannot be sent is left out.
    """
    workers, variants = max(2, settings.machine.workers), book_variants(settings, strategies)
    *ranking, benchmark = dict.fromkeys(variant.plugin_name for variant in variants)
    groups = [ranking[first::workers] for first in range(min(workers, len(ranking)))] or [[benchmark]]
    with process_pool(workers) as pool:
        assert pool is not None  # as there are two workers or more
        made = [pool.submit(books_to_send, studies, settings, group) for group in groups]
        books = {book.name: book for future in made for book in future.result()}
    return [books[variant.name] for variant in variants]


def books_to_send(studies: Studies, settings: Settings, strategies: Sequence[str] | None) -> list[BookResult]:
    """Run the books, and leave out what cannot be sent."""
    return [replace(book, analyses=sendable(book.analyses)) for book in books_of(studies, settings, strategies)]


def without_recorders(analyses: Mapping[str, Any]) -> dict[str, Any]:
    """Return the analyses without those of the recorders."""
    return {name: analysis for name, analysis in analyses.items() if name not in RECORDERS}


def sendable(analyses: Mapping[str, Any]) -> dict[str, Any]:
    """Return the analyses that another process can read."""
    found = {}
    for name, analysis in analyses.items():
        with suppress(Exception):
            travelled(analysis)
            found[name] = analysis
    return found
