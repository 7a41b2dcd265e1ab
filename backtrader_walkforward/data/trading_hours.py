"""An exchange's word on its sessions, and what follows from it at another hour."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from backtrader_walkforward.data.gaps import LONGEST_CLOSURE


@dataclass(frozen=True)
class TradingHours:
    """What an exchange says of its sessions when it is asked.

    Attributes
    ----------
    opens, closes : datetime
        Of the session of the day, or of the one last over or next to come, in the exchange's time zone.
    last_traded : date, optional
        Day of the last trade, which tells a holiday from a bar that is late.
    """

    opens: datetime
    closes: datetime
    last_traded: date | None = None

    def at(self, now: datetime) -> "TradingHours":
        """Return what is known at `now`: when a weekday has begun since, its hours are taken to be the same.

        Whether anything traded on it is then not known.
        """
        day = last_weekday(now.astimezone(self.opens.tzinfo).date())
        if day <= self.opens.date():
            return self
        opens = datetime.combine(day, self.opens.timetz())
        return TradingHours(opens, opens + (self.closes - self.opens))

    def last_session(self, now: datetime) -> date:
        """Return the day of the last session that is over at `now`.

        It is the day of the last trade, which knows of holidays; the last weekday whose close has passed where that day
        is not known, or is longer ago than an exchange stays closed.
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
