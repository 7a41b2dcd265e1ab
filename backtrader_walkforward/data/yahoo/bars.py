"""Yahoo's bars as the `prices` type, with a note on every bar that is left out or changed."""

from datetime import datetime, tzinfo

import pandas as pd

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.prices import PRICE_COLUMNS, prices_frame
from backtrader_walkforward.data.validation import outside_range


def clean_bars(
    history: pd.DataFrame, calendar: ExchangeCalendar | None, now: datetime
) -> tuple[pd.DataFrame, list[str]]:
    """Return the complete bars of `history`, and a note on each kind of bar that is left out or changed.

    Parameters
    ----------
    history : DataFrame
        From `yfinance.Ticker.history`, with its NaN rows; the index is in the exchange's time zone.
    calendar : ExchangeCalendar, optional
        Sessions of the exchange, where it is known.
    now : datetime
        The present, with a time zone.
    """
    frame, notes, zone = prices_frame(history), list[str](), pd.DatetimeIndex(history.index).tz
    while len(frame) and not is_over(frame.index[-1], calendar, zone, now):
        notes.append(f"the session of {frame.index[-1]:%Y-%m-%d} is not over: its bar is left out")
        frame = frame.iloc[:-1]
    missing = frame[PRICE_COLUMNS].isna()
    if len(frame) and missing.iloc[-1].any():
        what = "no prices" if missing.iloc[-1].all() else "only some of its prices"
        notes.append(f"the last bar, of {frame.index[-1]:%Y-%m-%d}, has {what}: it is left out")
        frame, missing = frame.iloc[:-1], missing.iloc[:-1]
    bare = missing.all(axis=1)
    if bare.any():
        days = frame.index[bare]
        notes.append(f"{len(days)} bars without prices are left out, the first of {days[0]:%Y-%m-%d}")
    frame, widened = _widen_ranges(frame[~bare])
    return frame, notes + widened


def is_over(day: pd.Timestamp, calendar: ExchangeCalendar | None, zone: tzinfo | None, now: datetime) -> bool:
    """Tell whether the session of a day is over; without a calendar, whether the day is, in the time zone of Yahoo."""
    return calendar.close_of(day.date()) <= now if calendar else day.date() < now.astimezone(zone).date()


def _widen_ranges(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Widen high and low to include open and close: on some exchanges Yahoo's opens lie outside.

    A high below its low is left as it is: validation refuses it.
    """
    whole = frame[PRICE_COLUMNS].notna().all(axis=1) & (frame["High"] >= frame["Low"])
    strays = frame.index[whole & outside_range(frame)]
    prices = frame[PRICE_COLUMNS]
    widened = frame.assign(
        High=prices.max(axis=1).where(whole, frame["High"]), Low=prices.min(axis=1).where(whole, frame["Low"])
    )
    if strays.empty:
        return widened, []
    days = f"{len(strays)} bars, the first of {strays[0]:%Y-%m-%d}"
    return widened, [f"open or close lay outside low to high in {days}: the range is widened"]
