"""A ticket is for the next session: the last one must be over, and its prices must be there."""

from datetime import UTC, date, datetime, timedelta

from config import Config
from errors import DataError
from feeds import Prices
from feeds.trading_hours import TradingHours, last_weekday


def require_fresh(prices: Prices, config: Config, now: datetime) -> None:
    """Raise unless the prices go up to the last session, and none is open.

    Where the exchange has been asked (`prices.hours`), its word decides which session was the last. Without it (a file,
    the sample, stored prices, or an earlier evening chosen with `--end`) it is the one of the last weekday, up to today
    in UTC or up to `config.end`: no holiday is known then.

    Parameters
    ----------
    prices : Prices
        Up to `config.end` where that is given.
    config : Config
        Of it, `end`: stand in the evening of that day.
    now : datetime
        The present, with a time zone.

    Raises
    ------
    DataError
        If a session is open, the last one has no prices, or `config.end` is still to come.
    """
    today, last = now.astimezone(UTC).date(), prices.frame.index[-1].date()
    evening = config.end or today
    if evening > today:
        raise DataError(f"--end {evening} is still to come, and so are its prices - leave --end out")
    if prices.hours and evening == today:
        hours = prices.hours.at(now)
        require_closed(hours, now, last)
        expected = hours.last_session(now)
    else:
        expected = last_weekday(evening)
    if last < expected:
        raise DataError(
            f"the prices end on {last}, and those of {expected:%A}, {expected} are missing ({prices.source})"
            f" - ask again when they are there, or give --end {last} if there was no session since, as on a holiday"
        )


def require_closed(hours: TradingHours, now: datetime, last: date) -> None:
    """Raise when a session is open; `last` is the day of the last price, which may be one of that session."""
    if hours.opens <= now < hours.closes:
        closing = f"{hours.closes:%H:%M} {hours.closes.tzinfo}"
        before = min(last, hours.opens.date() - timedelta(days=1))
        raise DataError(
            f"the session of {hours.opens:%Y-%m-%d} is not over: it closes at {closing}"
            f" - ask again after that, or give --end {before} for the evening before it"
        )
