"""The ticker of a price file, from the name that a site or a person gave it."""

import re
import unicodedata
from pathlib import Path

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
    """Return the ticker in the name of a file: the name if it is a symbol, else what a site or its letters tell.

    >>> [ticker_of_file(Path(name)) for name in ("brk-b.csv.gz", "spy_us_d.csv", "BATS_SPY, 1D.csv", "my prices.csv")]
    ['BRK-B', 'SPY', 'SPY', 'MY-PRICES']
    """
    name = ENDINGS.sub("", path.stem) if path.suffix.lower() == ".gz" else path.stem
    text = COPY.sub("", name.upper())
    if TICKER_PATTERN.fullmatch(text):
        return text
    found = next(filter(None, (site.fullmatch(text) for site in SITES)), None)
    letters = unicodedata.normalize("NFKD", found["ticker"] if found else text).encode("ascii", "ignore").decode()
    symbol = ("^" if letters.startswith("^") else "") + OTHER.sub("-", letters).strip(".=-")
    symbol = symbol[:LONGEST].rstrip(".=-")
    return symbol if TICKER_PATTERN.fullmatch(symbol) else UNNAMED
