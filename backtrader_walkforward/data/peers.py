"""Peers: the other tickers that a run trains with."""

from collections.abc import Iterator

from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.settings import DEFAULTS, OF_CSV, SNAPSHOT, Settings


def settings_of_peers(settings: Settings, prices: Prices) -> Iterator[Settings]:
    """Yield the settings with which the prices of each peer are loaded.

    They have the days and the source of the run's own prices. Where that is a CSV file, the peers come from Yahoo, or
    from stored prices or the sample if Yahoo cannot be reached.

    Raises
    ------
    ArgumentError
        If the ticker of the run is among them.
    """
    if settings.data.ticker in settings.forecast.train_with:
        raise ArgumentError(f"--train-with names the ticker of the run: {settings.data.ticker} - leave it out")
    first, last = (day.date() for day in prices.frame.index[[0, -1]])
    source = "auto" if prices.used_source in (None, "csv") else prices.used_source
    days = dict.fromkeys(SNAPSHOT) | {name: DEFAULTS[name] for name in OF_CSV} | {"first_day": first, "last_day": last}
    for ticker in settings.forecast.train_with:
        yield settings.replace(ticker=ticker, source=source, calendar=None, train_with=(), **days)
