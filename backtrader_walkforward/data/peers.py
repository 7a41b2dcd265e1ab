"""Peers: the other tickers that a run trains with."""

from collections.abc import Iterator
from pathlib import Path

from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.settings import DEFAULTS, OF_CSV, SNAPSHOT, Settings


def settings_of_peers(settings: Settings, prices: Prices) -> Iterator[Settings]:
    """Yield the settings with which the prices of each peer are loaded.

    They have the days and the source of the run's own prices. Where that is a CSV file, a peer comes from the file of
    its name beside it, which is read in the same way. If there is none, it comes from Yahoo, or from stored prices or
    the sample if Yahoo cannot be reached.

    Raises
    ------
    ArgumentError
        If the ticker of the run is among them.
    """
    if settings.data.ticker in settings.forecast.train_with:
        raise ArgumentError(f"--train-with names the ticker of the run: {settings.data.ticker} - leave it out")
    first, last = (day.date() for day in prices.frame.index[[0, -1]])
    source = "auto" if prices.used_source in (None, "csv") else prices.used_source
    shared = dict.fromkeys(SNAPSHOT) | {"first_day": first, "last_day": last, "calendar": None, "train_with": ()}
    elsewhere = {name: DEFAULTS[name] for name in OF_CSV} | {"source": source}
    for ticker in settings.forecast.train_with:
        path = file_of_peer(settings.data.csv, ticker)
        yield settings.replace(ticker=ticker, **shared, **({"csv": path, "source": "csv"} if path else elsewhere))


def file_of_peer(csv: Path | None, ticker: str) -> Path | None:
    """Return the file `TICKER.csv` or `TICKER.csv.gz` in the folder of a run's own CSV file; None if there is none."""
    names = {f"{ticker}.csv", f"{ticker}.csv.gz"}
    found = sorted(csv.absolute().parent.iterdir()) if csv else []
    return next((path for path in found if path.name.upper() in map(str.upper, names)), None)
