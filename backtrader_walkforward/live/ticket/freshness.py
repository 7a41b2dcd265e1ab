"""A ticket is for the next session: the last one must be over, and its prices must be there."""

from datetime import date, datetime, time, timedelta

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.trading_hours import TradingHours, last_weekday
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.settings import Settings

SESSION_OVER = time(16)
"""From when on a weekday's session is taken to be over where no exchange has said: New York's close, on the clock of
whoever asks, who is taken to live by the exchange's."""


def require_fresh(prices: Prices, settings: Settings, now: datetime) -> None:
    """Raise unless the prices go up to the last session, and none is open.

    Where the exchange has been asked (`prices.hours`), its word decides which session was the last. Without it (a file,
    the sample, stored prices) it is that of the last weekday that was over at `SESSION_OVER`, and of an earlier session
    chosen with `--end` the one of the last weekday up to that day: no holiday is known then.

    Parameters
    ----------
    prices : Prices
        Up to `settings.data.end` where that is given.
    config : Settings
        Of it, `end`: stand in the session of that day.
    now : datetime
        The present, with the time zone whose clock tells today and `SESSION_OVER`.

    Raises
    ------
    DataError
        If a session is open, the last one has no prices, or `settings.data.end` is still to come.
    """
    if settings.data.end and settings.data.end > now.date():
        raise DataError(f"--end {settings.data.end} is still to come, and so are its prices - leave --end out")
    last = prices.frame.index[-1].date()
    expected = last_session(prices.hours.at(now) if prices.hours else None, settings.data.end, now, last)
    if last < expected:
        raise DataError(
            f"the prices end on {last}, and those of {expected:%A}, {expected} are missing ({prices.source})"
            f" - ask again when they are there, or give --end {last} if there was no session since, as on a holiday"
        )


def last_session(hours: TradingHours | None, end: date | None, now: datetime, last: date) -> date:
    """Return the day of the last session that was over, in the session of `end` or `now`; `last` has the last price.

    An `end` before today at the exchange is an earlier session, to which a session that is open now is nothing.
    """
    if hours and (not end or end >= now.astimezone(hours.opens.tzinfo).date()):
        require_closed(hours, now, last)
        return hours.last_session(now)
    if end:
        return last_weekday(end)
    return last_weekday(now.date() if now.time() >= SESSION_OVER else now.date() - timedelta(days=1))


def require_closed(hours: TradingHours, now: datetime, last: date) -> None:
    """Raise when a session is open; `last` is the day of the last price, which may be one of that session."""
    if hours.opens <= now < hours.closes:
        closing = f"{hours.closes:%H:%M} {hours.closes.tzinfo}"
        before = min(last, hours.opens.date() - timedelta(days=1))
        raise DataError(
            f"the session of {hours.opens:%Y-%m-%d} is not over: it closes at {closing}"
            f" - ask again after that, or give --end {before} for the session before it"
        )
