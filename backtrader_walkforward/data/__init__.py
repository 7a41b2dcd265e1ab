"""Daily prices from Yahoo Finance, a CSV file or the bundled sample, with their checks, calendar and cache."""

from backtrader_walkforward.data.load import load_prices
from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.data.validation import require_rows, validate

__all__ = ["Prices", "load_prices", "require_rows", "validate"]
