"""Settings of the prices: of which ticker, from which source, of which days."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.checks import check_csv_columns, check_symbol, refuse_isin
from backtrader_walkforward.settings.choices import CSV_COLUMNS, DATE_ORDERS, DECIMALS, SOURCES
from backtrader_walkforward.settings.field import TICKER_COMMANDS, Group, setting, snapshot, view
from backtrader_walkforward.settings.file_ticker import ticker_of_file
from backtrader_walkforward.settings.kinds import Columns, Days

DEFAULT_TICKER = "SPY"

of_csv = partial(setting, section="prices", trial=False, ledger=False)
"""How a CSV file is read. Trials and ledgers know its prices themselves."""


@dataclass(frozen=True, kw_only=True)
class DataSettings(Group):
    """Prices: of which ticker, from which source, of which days."""

    ticker: str = setting(
        None,
        "Symbol, as Yahoo writes it.",
        "With `--csv` the default is the one that the file names inside, or else the one in its name.",
        metavar="SYMBOL",
        usual=DEFAULT_TICKER,
        commands=TICKER_COMMANDS,
        trial=False,
        check=check_symbol,
    )
    period: Days = setting(
        730,
        "Length of the history: 2y, 6mo, or days.",
        "A year has 365 days. The test is at its end.",
        metavar="LENGTH",
        low=1,
        high=36_525,
    )
    source: str = setting(
        "auto",
        "Source of prices: auto, yahoo, sample or csv.",
        "`auto` takes the CSV file if there is one, else Yahoo, else stored prices, else the bundled sample.",
        metavar="NAME",
        section="prices",
        choices=SOURCES,
        ledger=False,
    )
    csv: Path | None = view(
        None,
        "CSV file of daily prices.",
        "It may come from Yahoo, yfinance, Nasdaq, Investing.com, Alpha Vantage, Stooq or TradingView, or have the"
        " columns date, open, high, low, close and volume.",
        metavar="FILE",
        example="prices.csv",
        commands=TICKER_COMMANDS,
    )
    csv_columns: Columns = setting(
        (),
        "Columns of the CSV file: date=Datum,close=Schluss.",
        f"The keys are {', '.join(f'`{key}`' for key in CSV_COLUMNS)}. Usual names need no key. `adjusted=none` leaves"
        " the adjusted close unread, and `volume=none` the volume.",
        metavar="KEY=NAME",
        example="date=Datum,close=Schluss",
        section="prices",
        trial=False,
        ledger=False,
        check=check_csv_columns,
    )
    csv_dates: str | None = of_csv(
        None,
        "Order of the dates in the CSV file.",
        "It is `day-month-year`, `month-day-year` or `year-month-day`, for a file that does not tell.",
        metavar="ORDER",
        choices=DATE_ORDERS,
    )
    csv_decimals: str | None = of_csv(
        None,
        "Sign before the decimals in the CSV file: point or comma.",
        "It is for a file that does not tell.",
        metavar="SIGN",
        choices=DECIMALS,
    )
    end: date | None = setting(
        None, "Last day, YYYY-MM-DD.", metavar="DATE", section="prices", usual="the latest day", ledger=False
    )
    calendar: str | None = setting(
        None,
        "Exchange calendar: XNYS, XTKS, 24/7.",
        "It is a code of exchange_calendars (ISO 10383). Holidays, early closes, missing sessions and the days of time"
        " stamps follow from it. The default is the exchange that Yahoo names, New York for the bundled sample, and"
        " `24/7` where every day is traded.",
        metavar="NAME",
        section="prices",
        example="XNYS",
        usual="Yahoo's",
        trial=False,
        ledger=False,
    )
    used_source: str | None = snapshot(
        "Source that an earlier run used, where it asked for auto.", metavar="NAME", choices=SOURCES[1:]
    )
    first_day: date | None = snapshot("First day of an earlier run's prices, in place of --period.", metavar="DATE")
    last_day: date | None = snapshot("Last day of an earlier run's prices, in place of --end.", metavar="DATE")
    csv_sha256: str | None = snapshot(
        "Refuse a CSV file with another SHA-256 digest.", metavar="SHA256", example="none"
    )
    prices_sha256: str | None = snapshot(
        "Refuse prices with another SHA-256 digest.",
        "It is `data_sha256` of `results.json`.",
        metavar="SHA256",
        example="none",
        commands=("run", "audit", "panel"),
    )
    peers_sha256: str | None = snapshot(
        "Refuse prices of --train-with with another SHA-256 digest.", metavar="SHA256", example="none"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        ticker = self.ticker
        if ticker is None:
            ticker = ticker_of_file(self.csv) if self.csv else DEFAULT_TICKER
        if self.csv is None:
            refuse_isin("--ticker", ticker)
        object.__setattr__(self, "ticker", ticker.upper())
        if self.source == "csv" and self.csv is None:
            raise ArgumentError("--source csv needs a file: add --csv FILE")
        if self.csv is not None and self.source not in ("auto", "csv"):
            raise ArgumentError(
                f"--csv and --source {self.source} contradict each other: leave one of them out, or write --source csv"
            )
        if (self.first_day is None) != (self.last_day is None):
            raise ArgumentError("--first-day and --last-day need each other: give both, or none")

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day of the prices of an earlier run, if the settings are those of one."""
        return (self.first_day, self.last_day) if self.first_day and self.last_day else None
