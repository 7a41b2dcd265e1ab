"""The books in a process of their own: the feeds of hundreds of tickers take memory that ends with it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.panels.book.run import run_books
from backtrader_walkforward.panels.tasks.studies import Studies
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.processes import process_pool, travelled


def books_of(studies: Studies, settings: Settings, strategies: Sequence[str] | None) -> list[BacktestResult]:
    """Run the books of all tickers in this process."""
    return run_books({ticker: study.bars for ticker, study in studies.items()}, settings, strategies)


def books_apart(studies: Studies, settings: Settings, strategies: Sequence[str] | None) -> list[BacktestResult]:
    """Run the books in a new process. What an analyzer returns that cannot be sent is left out."""
    with process_pool(2) as pool:
        assert pool is not None  # the only task starts one of its two processes
        return pool.submit(books_to_send, studies, settings, strategies).result()


def books_to_send(studies: Studies, settings: Settings, strategies: Sequence[str] | None) -> list[BacktestResult]:
    """Run the books, and leave out what cannot be sent."""
    return [replace(book, analyses=sendable(book.analyses)) for book in books_of(studies, settings, strategies)]


def sendable(analyses: Mapping[str, Any]) -> dict[str, Any]:
    """Return the analyses that another process can read."""
    found = {}
    for name, analysis in analyses.items():
        with suppress(Exception):
            found[name] = travelled(analysis)
    return found
