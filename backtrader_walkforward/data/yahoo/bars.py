"""Yahoo's bars as the `prices` type, with a note on every bar that is left out or changed."""

from datetime import date, datetime
from typing import Any

import pandas as pd

from backtrader_walkforward.data.prices import PRICE_COLUMNS, prices_frame
from backtrader_walkforward.data.trading_hours import TradingHours
from backtrader_walkforward.data.validation import outside_range


def clean_bars(history: pd.DataFrame, metadata: dict[str, Any], now: datetime) -> tuple[pd.DataFrame, list[str]]:
    """Return the complete bars of `history`, and a note on each kind of bar that is left out or changed.

    Parameters
    ----------
    history : DataFrame
        From `yfinance.Ticker.history`, with its NaN rows; the index is in the exchange's time zone.
    metadata : dict
        `currentTradingPeriod` and `exchangeTimezoneName`, as yfinance formats them; None if Yahoo gives none.
    now : datetime
        The present, with a time zone.
    """
    frame, notes = prices_frame(history), []
    if len(frame) and frame.index[-1].date() == open_session(metadata, now):
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


def open_session(metadata: dict[str, Any], now: datetime) -> date | None:
    """Return the day whose session may still be open: today at the exchange, until its close has passed."""
    hours = trading_hours(metadata)
    if hours:
        return hours.opens.date() if now < hours.closes else None
    zone = metadata.get("exchangeTimezoneName")
    return pd.Timestamp(now).tz_convert(zone).date() if zone else None


def trading_hours(metadata: dict[str, Any]) -> TradingHours | None:
    """Return the exchange's hours and the day of its last trade; None if Yahoo gives no hours."""
    regular = (metadata.get("currentTradingPeriod") or {}).get("regular")
    if not regular:
        return None
    traded = metadata.get("regularMarketTime")
    opens, closes = (regular[end].to_pydatetime() for end in ("start", "end"))
    return TradingHours(opens, closes, traded.date() if traded else None)


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
