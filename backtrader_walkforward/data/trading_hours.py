"""Trading hours of an exchange, and the last session that follows from them at any time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from backtrader_walkforward.data.gaps import LONGEST_CLOSURE


@dataclass(frozen=True)
class TradingHours:
    """The hours of an exchange at the time of a request.

    Attributes
    ----------
    opens, closes : datetime
        The session of that day, or the last or next one, in the exchange's time zone.
    last_traded : date, optional
        Day of the last trade. It tells a holiday from a late bar.
    """

    opens: datetime
    closes: datetime
    last_traded: date | None = None

    def at(self, now: datetime) -> "TradingHours":
        """Return the hours at `now`. A later weekday is taken to have the same hours; its last trade is unknown."""
        day = last_weekday(now.astimezone(self.opens.tzinfo).date())
        if day <= self.opens.date():
            return self
        opens = datetime.combine(day, self.opens.timetz())
        return TradingHours(opens, opens + (self.closes - self.opens))

    def last_session(self, now: datetime) -> date:
        """Return the day of the last session that is over at `now`.

        It is the day of the last trade, which takes account of holidays. If that day is unknown, or longer ago than an
        exchange stays closed, it is the last weekday whose close has passed.
        """
        over = self.closes.date() if now >= self.closes else self.opens.date() - timedelta(days=1)
        usual = last_weekday(over)
        if self.last_traded and np.busday_count(self.last_traded, usual) <= LONGEST_CLOSURE:
            return self.last_traded
        return usual


def last_weekday(day: date) -> date:
    """Return `day`, or the Friday before a weekend.

    >>> last_weekday(date(2026, 11, 22))
    datetime.date(2026, 11, 20)
    """
    return day - timedelta(days=max(0, day.weekday() - 4))
