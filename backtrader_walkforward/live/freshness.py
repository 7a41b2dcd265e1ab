"""Fresh prices: the last session is over, and the prices contain it."""

from datetime import date, datetime, time, timedelta

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.trading_hours import TradingHours, last_weekday
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.settings import Settings

SESSION_OVER = time(16)
"""Local time at which a session counts as over if the exchange's hours are unknown: the close of New York."""


def require_fresh(prices: Prices, settings: Settings, now: datetime) -> None:
    """Raise unless the prices go up to the last session and no session is open.

    The hours of the exchange (`prices.hours`) decide which session was the last. Without them (a file, the sample,
    stored prices) it is that of the last weekday that was over at `SESSION_OVER`, or with `--end` that of the last
    weekday up to that day; holidays are then unknown. The present, `now`, has the time zone of `SESSION_OVER`.

    Raises
    ------
    DataError
        If a session is open, the last one has no prices, or `settings.data.end` lies in the future.
    """
    end, last = settings.data.end, prices.frame.index[-1].date()
    if end and end > now.date():
        raise DataError(f"--end {end} lies in the future - leave --end out")
    hours = prices.hours.at(now) if prices.hours else None
    if hours and (not end or end >= now.astimezone(hours.opens.tzinfo).date()):  # earlier: an open session is no matter
        _require_closed(hours, now, last)
        expected = hours.last_session(now)
    else:
        expected = last_weekday(end or (now.date() if now.time() >= SESSION_OVER else now.date() - timedelta(days=1)))
    if last < expected:
        raise DataError(
            f"the prices end on {last}, and the session of {expected:%A}, {expected} is missing ({prices.source})"
            f" - try again later, or add --end {last} if there was no session since, as on a holiday"
        )


def _require_closed(hours: TradingHours, now: datetime, last: date) -> None:
    """Raise if a session is open. The last price, of the day `last`, may belong to it."""
    if hours.opens <= now < hours.closes:
        closing = f"{hours.closes:%H:%M} {hours.closes.tzinfo}"
        before = min(last, hours.opens.date() - timedelta(days=1))
        raise DataError(
            f"the session of {hours.opens:%Y-%m-%d} is not over: it closes at {closing}"
            f" - try again after the close, or add --end {before} for the session before"
        )
