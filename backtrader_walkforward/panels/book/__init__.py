"""The books: ranking strategies that trade all tickers in one account, in one Cerebro and one pass over the data."""

from backtrader_walkforward.panels.book.result import BookResult
from backtrader_walkforward.panels.book.run import book_variants, notes_on_books, run_books
from backtrader_walkforward.panels.book.trade import first_day_of

__all__ = ["BookResult", "book_variants", "first_day_of", "notes_on_books", "run_books"]
