"""Settings of the prices."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.choices import SOURCES, TICKER_PATTERN
from backtrader_walkforward.settings.field import setting
from backtrader_walkforward.settings.groups.base import Group, view
from backtrader_walkforward.settings.validation import check_ticker

DEFAULT_TICKER = "SPY"

digest = partial(view, None, metavar="SHA256", commands=("run", "audit"), hidden=True)


@dataclass(frozen=True, kw_only=True)
class DataSettings(Group):
    """Prices: of which ticker, from which source, of which days."""

    ticker: str = setting(
        None,
        "Symbol of the ticker, as Yahoo writes it.",
        "With `--csv` the default is the name of the file.",
        metavar="SYMBOL",
        usual=DEFAULT_TICKER,
        trial=False,
    )
    period: int = setting(730, "Calendar days of history.", metavar="DAYS", low=1, high=36_525)
    source: str = setting(
        "auto",
        "Source of the prices: auto, yahoo, sample or csv.",
        "`auto` takes the CSV file if there is one, else Yahoo, else stored prices, else the bundled sample.",
        metavar="NAME",
        choices=SOURCES,
        ledger=False,
    )
    csv: Path | None = view(None, "CSV file with date, open, high, low, close and volume.", metavar="FILE")
    end: date | None = setting(
        None, "Last day of the period, YYYY-MM-DD.", metavar="DATE", usual="the latest day", ledger=False
    )
    csv_sha256: str | None = digest("Refuse a CSV file with another SHA-256 digest.")
    prices_sha256: str | None = digest(
        "Refuse prices with another SHA-256 digest.", "It is `data_sha256` of `results.json`."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        ticker = default_ticker(self.csv) if self.ticker is None else self.ticker
        object.__setattr__(self, "ticker", ticker.upper())
        check_ticker(self.ticker)
        if self.source == "csv" and self.csv is None:
            raise ArgumentError("--source csv needs a file: add --csv FILE")
        if self.csv is not None and self.source not in ("auto", "csv"):
            raise ArgumentError(f"--csv and --source {self.source} contradict each other: leave one of them out")


def default_ticker(csv: Path | None) -> str:
    """Return the ticker of a run that names none: the name of its CSV file if that can be a symbol."""
    if csv is None:
        return DEFAULT_TICKER
    return csv.stem if TICKER_PATTERN.fullmatch(csv.stem.upper()) else "CSV"
