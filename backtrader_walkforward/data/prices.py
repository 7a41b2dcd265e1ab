"""The `prices` type: the data of every later stage, with label and notes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.data.calendar import ExchangeCalendar

PRICE_COLUMNS = ["Open", "High", "Low", "Close"]
COLUMNS = [*PRICE_COLUMNS, "Volume"]
ADJUSTED = "Adj Close"
DIVIDEND, SPLIT = "Dividend", "Split"
YAHOO_DIVIDENDS = "Dividends"
"""Column of yfinance: cash per share on the ex-day, else 0. Later splits have divided it as its closes."""
YAHOO_SPLITS = "Stock Splits"
"""Column of yfinance: new shares for one old on the ex-day, else 0. Its closes are divided by them."""


@dataclass(frozen=True)
class Prices:
    """Daily prices of one ticker.

    Attributes
    ----------
    frame : DataFrame
        float64 columns Open High Low Close Volume, adjusted for splits and dividends; a sorted, unique, tz-naive
        DatetimeIndex named Date.
    ticker : str
        The requested symbol.
    source : str
        Label of the data in every output. It has a date only if the data are old.
    notes : tuple of str
        Notes on the prices, one line each.
    calendar : ExchangeCalendar, optional
        Sessions of the exchange, where it is known.
    used_source : {"yahoo", "sample", "csv"}, optional
        The source that gave them, where the settings ask for `auto`, too.
    csv_sha256 : str, optional
        Digest of the CSV file, as it was read.
    unadjusted_close : Series, optional
        The close as quoted on each day of `frame`, where the source knows it.
    actions : DataFrame, optional
        Dividends and splits between those days by ex-day, where the source knows them: `Dividend`, cash per share as
        quoted before the ex-day, and `Split`, new shares for one old, 1 without.
    named_days : DatetimeIndex
        Days whose actions a file names in columns of their own. Of others its adjusted closes may not tell what they
        are.
    kinds_of_closes : dict of str to str
        Whether the closes of a file without an adjusted close are adjusted, by each of its columns that names an action
        (`told_by_closes`).
    peers : tuple of Prices
        Other tickers to train with.
    """

    frame: pd.DataFrame
    ticker: str
    source: str
    notes: tuple[str, ...] = ()
    calendar: ExchangeCalendar | None = None
    used_source: str | None = None
    csv_sha256: str | None = None
    unadjusted_close: pd.Series | None = None
    actions: pd.DataFrame | None = None
    named_days: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))
    kinds_of_closes: dict[str, str] = field(default_factory=dict)
    peers: tuple["Prices", ...] = ()

    @property
    def sha256(self) -> str:
        """Digest of days and prices; the label is not part of it."""
        days = self.frame.index.to_numpy().astype("datetime64[D]").astype("<i8")
        return sha256(days.tobytes() + self.frame.to_numpy(dtype="<f8").tobytes()).hexdigest()

    @property
    def sha256_of_peers(self) -> str | None:
        """Digest of the prices of all peers; None without any."""
        return sha256("".join(peer.sha256 for peer in self.peers).encode()).hexdigest() if self.peers else None

    @property
    def snapshot(self) -> dict[str, Any]:
        """The settings with which a later run takes the same prices, or refuses others."""
        first, last = self.frame.index[[0, -1]]
        return {
            "used_source": self.used_source,
            "first_day": first.date(),
            "last_day": last.date(),
            "csv_sha256": self.csv_sha256,
            "prices_sha256": self.sha256,
            "peers_sha256": self.sha256_of_peers,
        }

    @property
    def fill_price(self) -> str:
        """The price of a day at which orders fill: `open`, or `close` where only closes are known."""
        return "close" if self.frame["Open"].equals(self.frame["Close"]) else "open"

    @property
    def origin(self) -> str:
        """Label of the data without the day on which they were stored."""
        return self.source.partition(", stored ")[0]

    @property
    def lot_size(self) -> pd.Series | None:
        """Shares at the prices of `frame` that are one share of the day; None where that is not known."""
        return None if self.unadjusted_close is None else self.unadjusted_close / self.frame["Close"]

    def between(self, first: int, end: int) -> "Prices":
        """Return the rows from position `first` to before `end`, with the actions of their days."""
        frame, quoted, actions = self.frame.iloc[first:end], self.unadjusted_close, self.actions
        if actions is not None:
            days = actions.index
            actions = actions[(days >= frame.index[0]) & (days <= frame.index[-1])] if len(frame) else actions[:0]
        return replace(
            self, frame=frame, unadjusted_close=None if quoted is None else quoted.iloc[first:end], actions=actions
        )

    def with_peers(self, peers: Iterable["Prices"]) -> "Prices":
        """Return the same prices with those of peers, other notes on them, and one on days that a peer lacks."""
        known, days = tuple(peers), self.frame.index
        notes = [f"{peer.ticker}: {note}" for peer in known for note in peer.notes if note not in self.notes]
        missing = {peer.ticker: len(days.difference(peer.frame.index)) for peer in known}
        notes += [
            f"{ticker}: no prices on {count} of the {len(days)} days, from which the fits learn nothing of it"
            for ticker, count in missing.items()
            if count
        ]
        return replace(self, peers=known).with_notes(*notes)

    def with_notes(self, *notes: str) -> "Prices":
        """Return the same prices with more notes."""
        return replace(self, notes=self.notes + notes)


def prices_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Return the five columns of `table` as the `prices` type: float64, and days without time or zone as the index."""
    return table[COLUMNS].astype("float64").set_axis(days_of(table.index), axis="index")


def rescaled(bars: pd.DataFrame, factor: pd.Series | np.ndarray, *, volume: bool) -> pd.DataFrame:
    """Return bars with prices x the factor of each row, and volume, where asked for, divided by it."""
    scaled = bars.assign(**bars[PRICE_COLUMNS].mul(factor, axis=0))
    return scaled.assign(Volume=bars["Volume"] / factor) if volume else scaled


def days_of(index: pd.Index) -> pd.DatetimeIndex:
    """Return the days of an index of time stamps, as they are written there."""
    return pd.DatetimeIndex(index).tz_localize(None).normalize().as_unit("us").rename("Date")
