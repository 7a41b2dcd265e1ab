"""Daily prices, from Yahoo Finance, a CSV file or the bundled sample, checked before anything is built on them.

`feeds.forecast_feed` holds the Backtrader feed; it stands apart, so that prices load without Backtrader.
"""

from feeds.load import load_prices
from feeds.prices import Prices
from feeds.validation import require_rows, validate

__all__ = ["Prices", "load_prices", "require_rows", "validate"]
