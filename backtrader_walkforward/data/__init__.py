"""Daily prices, from Yahoo Finance, a CSV file or the bundled sample, checked before anything is built on them.

`feeds.forecast_feed` holds the Backtrader feed; it stands apart, so that prices load without Backtrader.
"""

from backtrader_walkforward.data.load import load_prices
from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.data.validation import require_rows, validate

__all__ = ["Prices", "load_prices", "require_rows", "validate"]
