"""Settings of the prices."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.choices import SOURCES, TICKER_PATTERN
from backtrader_walkforward.settings.field import setting
from backtrader_walkforward.settings.groups.base import Group, snapshot, view
from backtrader_walkforward.settings.validation import check_ticker

DEFAULT_TICKER = "SPY"


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
    used_source: str | None = snapshot(
        "Source that an earlier run used, where it asked for auto.", metavar="NAME", choices=SOURCES[1:]
    )
    first_day: date | None = snapshot("First day of an earlier run's prices, in place of --period.", metavar="DATE")
    last_day: date | None = snapshot("Last day of an earlier run's prices, in place of --end.", metavar="DATE")
    csv_sha256: str | None = snapshot("Refuse a CSV file with another SHA-256 digest.", metavar="SHA256")
    prices_sha256: str | None = snapshot(
        "Refuse prices with another SHA-256 digest.", "It is `data_sha256` of `results.json`.", metavar="SHA256"
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
        if (self.first_day is None) != (self.last_day is None):
            raise ArgumentError("--first-day and --last-day need each other: give both, or none")

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day of the prices of an earlier run, if the settings are those of one."""
        return (self.first_day, self.last_day) if self.first_day and self.last_day else None


def default_ticker(csv: Path | None) -> str:
    """Return the ticker of a run that names none: the name of its CSV file if that can be a symbol."""
    if csv is None:
        return DEFAULT_TICKER
    return csv.stem if TICKER_PATTERN.fullmatch(csv.stem.upper()) else "CSV"
