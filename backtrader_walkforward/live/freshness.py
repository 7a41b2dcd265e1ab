"""Fresh prices: the last session is over, and the prices contain it."""

from datetime import datetime

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.settings import Settings


def require_fresh(prices: Prices, settings: Settings, now: datetime) -> None:
    """Raise unless the prices go up to the last session and no session is open.

    What is missing is told first: it is missing at any hour of the day.

    Where one session follows the other at once, as in a market of seven days, none counts as open. Without a calendar
    `end` must name the last session. The present, `now`, has a time zone.

    Raises
    ------
    DataError
        If a session is open, the last one has no prices, or `settings.data.end` lies in the future.
    """
    calendar, end, last = prices.calendar, settings.data.end, prices.frame.index[-1].date()
    if not calendar and not end:
        raise DataError(
            f"the sessions of the exchange are not known, nor which was the last ({prices.source}) - add --end {last},"
            " or --calendar with the code of the exchange, such as XNYS"
        )
    today = (now.astimezone(calendar.zone) if calendar else now).date()
    if end and end > today:
        raise DataError(f"--end {end} lies in the future - leave --end out")
    expected = calendar.last_session(now, end) if calendar else end
    if expected and last < expected:
        remedy = "add it to the file" if prices.used_source == "csv" else "try again later"
        missing = f"the session of {expected:%A}, {expected} is missing" if calendar else f"--end is {end}"
        raise DataError(
            f"the prices end on {last}, and {missing} ({prices.source})"
            f" - {remedy}, or add --end {last} if there was no session since, as on a holiday"
        )
    if calendar and (not end or end == today):
        _require_closed(calendar, now)


def _require_closed(calendar: ExchangeCalendar, now: datetime) -> None:
    """Raise if a session is open."""
    if session := calendar.open_session(now):
        raise DataError(
            f"the session of {session.day} is not over: it closes at {session.closes:%H:%M} {session.closes.tzinfo}"
            f" - try again after the close, or add --end {calendar.last_session(now)} for the session before"
        )
