"""The ticker of a price file, from the name that a site or a person gave it, or from what it names inside."""

import re
import unicodedata
from pathlib import Path

from backtrader_walkforward.settings.ticker_in_file import ticker_in_file

TICKER_PATTERN = re.compile(r"[A-Z0-9^][A-Z0-9.^=\-]{0,14}")
"""A symbol, as Yahoo writes them."""

LONGEST = 15
"""Characters of a symbol."""

UNNAMED = "CSV"
"""Ticker of a file whose name has no letter and no digit."""

ENDINGS = re.compile(r"\.(?:csv|txt|tsv)$", re.IGNORECASE)
OTHER = re.compile(r"[^A-Z0-9.=\-]+")
COPY = re.compile(r" ?\(\d+\)$")
"""End of the name of a file that was fetched again: ` (1)`."""

SITES = (
    re.compile(r"DAILY_(?:ADJUSTED_)?(?P<ticker>.+)"),
    re.compile(r"[A-Z_]+_(?P<ticker>[^_]+), 1[DWM](?![A-Z0-9]).*"),
    re.compile(r"(?P<ticker>\^?[A-Z0-9.\-]+?)(?:_[A-Z]{2})?_[DWM]"),
    re.compile(r"(?P<ticker>.+?) (?:(?:ETF )?STOCK PRICE|HISTORICAL|PRICE) (?:HISTORY|DATA|PRICES|RESULTS).*"),
)
"""Names that Alpha Vantage, TradingView, Stooq and Investing.com give: `daily_IBM`, `BATS_SPY, 1D`, `spy_us_d`,
`AAPL Historical Data`."""


def ticker_of_file(path: Path) -> str:
    """Return the ticker in the name of a file: the name if it is a symbol, or what a site calls it.

    A name that tells none gives way to the one ticker that the file names inside; without that, its letters are taken.

    >>> [ticker_of_file(Path(name)) for name in ("brk-b.csv.gz", "spy_us_d.csv", "BATS_SPY, 1D.csv", "my prices.csv")]
    ['BRK-B', 'SPY', 'SPY', 'MY-PRICES']
    """
    name = ENDINGS.sub("", path.stem) if path.suffix.lower() == ".gz" else path.stem
    text = COPY.sub("", name.upper())
    if TICKER_PATTERN.fullmatch(text):
        return text
    found = next(filter(None, (site.fullmatch(text) for site in SITES)), None)
    if not found and (inside := symbol_of(ticker_in_file(path))):
        return inside
    letters = unicodedata.normalize("NFKD", found["ticker"] if found else text).encode("ascii", "ignore").decode()
    symbol = ("^" if letters.startswith("^") else "") + OTHER.sub("-", letters).strip(".=-")
    symbol = symbol[:LONGEST].rstrip(".=-")
    return symbol if TICKER_PATTERN.fullmatch(symbol) else UNNAMED


def symbol_of(named: str | None) -> str | None:
    """Return the symbol in what a file names, without its exchange; None if it is no symbol.

    >>> symbol_of("NASDAQ:AAPL"), symbol_of("Apple Inc.")
    ('AAPL', None)
    """
    symbol = (named or "").rpartition(":")[2].upper()
    return symbol if TICKER_PATTERN.fullmatch(symbol) else None


def contradicts(named: str | None, ticker: str) -> bool:
    """Tell whether a file names another instrument than the run; the ending of an exchange or a share class is none.

    >>> contradicts("AAPL.US", "AAPL"), contradicts("SPY", "PRICES")
    (False, True)
    """
    symbol = symbol_of(named)
    return symbol is not None and re.split(r"[.\-=]", symbol)[0] != re.split(r"[.\-=]", ticker)[0]
