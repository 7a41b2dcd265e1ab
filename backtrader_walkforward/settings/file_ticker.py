"""The ticker of a price file, from what it names inside, or from the name that a site or a person gave it."""

import re
import unicodedata
from pathlib import Path

from backtrader_walkforward.settings.ticker_in_file import ticker_in_file

TICKER_PATTERN = re.compile(r"[A-Z0-9^][A-Z0-9.^=\-]{0,14}")
"""A symbol, as Yahoo writes them."""

USUAL_SYMBOL = re.compile(r"\^?[A-Z]{1,5}(?:[.=\-][A-Z]{1,2})?|[0-9]{4,6}\.[A-Z]{1,2}")
"""A name that is meant as a symbol: `QQQ`, `BRK-B`, `7203.T`; in small letters it may be a word, as `data` is."""

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
    """Return the ticker of a file: the one that it names inside, or else the one in its name."""
    return symbol_of(ticker_in_file(path)) or ticker_of_name(path.name)


def ticker_of_name(name: str) -> str:
    """Return the ticker in the name of a file: the name if it is a symbol, what a site calls it, or its letters.

    >>> [ticker_of_name(name) for name in ("brk-b.csv.gz", "spy_us_d.csv", "BATS_SPY, 1D.csv", "my prices.csv")]
    ['BRK-B', 'SPY', 'SPY', 'MY-PRICES']
    """
    text = bare_name(name).upper()
    if TICKER_PATTERN.fullmatch(text):
        return text
    letters = unicodedata.normalize("NFKD", named_by_site(text) or text).encode("ascii", "ignore").decode()
    symbol = ("^" if letters.startswith("^") else "") + OTHER.sub("-", letters).strip(".=-")
    symbol = symbol[:LONGEST].rstrip(".=-")
    return symbol if TICKER_PATTERN.fullmatch(symbol) else UNNAMED


def ticker_told_by_name(name: str) -> str | None:
    """Return the ticker that the name of a file plainly tells; None for a name that may mean anything.

    >>> ticker_told_by_name("QQQ.csv"), ticker_told_by_name("daily_IBM.csv"), ticker_told_by_name("data.csv")
    ('QQQ', 'IBM', None)
    """
    text = bare_name(name)
    return ticker_of_name(name) if USUAL_SYMBOL.fullmatch(text) or named_by_site(text.upper()) else None


def bare_name(name: str) -> str:
    """Return the name of a file without its ending and the number of a copy."""
    path = Path(name)
    return COPY.sub("", ENDINGS.sub("", path.stem) if path.suffix.lower() == ".gz" else path.stem)


def named_by_site(text: str) -> str | None:
    """Return the ticker in a name that a site gave."""
    found = next(filter(None, (site.fullmatch(text) for site in SITES)), None)
    return found["ticker"] if found else None


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
