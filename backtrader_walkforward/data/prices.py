"""The `prices` every later stage works on, with what is to be said about them."""

from dataclasses import dataclass, replace
from hashlib import sha256

import pandas as pd

from backtrader_walkforward.data.trading_hours import TradingHours

PRICE_COLUMNS = ["Open", "High", "Low", "Close"]
COLUMNS = [*PRICE_COLUMNS, "Volume"]


@dataclass(frozen=True)
class Prices:
    """Daily prices of one ticker.

    Attributes
    ----------
    frame : DataFrame
        float64 columns Open High Low Close Volume, adjusted for splits and dividends; a sorted, unique, tz-naive
        DatetimeIndex named Date.
    ticker : str
        The symbol that was asked for.
    source : str
        What the data are, for people; part of every output. Only old data carry a date.
    notes : tuple of str
        Warnings of one line each, for the terminal.
    hours : TradingHours, optional
        The exchange's word on its sessions, where it has just been asked.
    """

    frame: pd.DataFrame
    ticker: str
    source: str
    notes: tuple[str, ...] = ()
    hours: TradingHours | None = None

    @property
    def sha256(self) -> str:
        """Digest of the days and the prices: equal for equal data, whatever the label."""
        days = self.frame.index.to_numpy().astype("datetime64[D]").astype("<i8")
        return sha256(days.tobytes() + self.frame.to_numpy(dtype="<f8").tobytes()).hexdigest()

    @property
    def origin(self) -> str:
        """What the data are, whenever they were fetched."""
        return self.source.partition(", stored ")[0]

    def with_notes(self, *notes: str) -> "Prices":
        """Return the same prices with more to say."""
        return replace(self, notes=self.notes + notes)

    def labelled(self, source: str) -> "Prices":
        """Return the same prices under another label."""
        return replace(self, source=source)


def prices_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Return the five columns of `table` as the `prices` type: float64, and days without time or zone as the index."""
    index = pd.DatetimeIndex(table.index)
    days = index.tz_localize(None).normalize().as_unit("us").rename("Date")
    return table[COLUMNS].astype("float64").set_axis(days, axis="index")
