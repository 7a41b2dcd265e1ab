"""The period of a run: the days to fetch, and the rows to use."""

from datetime import date
from typing import NamedTuple

import pandas as pd

from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.settings import Settings

BEFORE_ALL_PRICES = date(1900, 1, 1)
"""A day before the first prices of any exchange at Yahoo."""

LONGEST_CLOSURE = 10
"""Days from one session to the next, beyond which a ticker is no longer traded: Golden Week takes nine."""


class Span(NamedTuple):
    """Calendar days, both included."""

    first: date
    last: date


def days_to_fetch(period: int, last: date, warm_up: int) -> Span:
    """Return the days of a period with a last bar up to `LONGEST_CLOSURE` old, and of `warm_up` sessions before."""
    before = LONGEST_CLOSURE + (int(1.6 * warm_up) + 10 if warm_up else 0)
    last = max(last, BEFORE_ALL_PRICES)
    first = max(last.toordinal() - (period + before - 1), BEFORE_ALL_PRICES.toordinal())
    return Span(date.fromordinal(first), last)


def span_to_fetch(settings: Settings, today: date, warm_up: int) -> Span:
    """Return the days to ask for: those of an earlier run, or the period up to `end`, which is not later than today."""
    end = min(settings.data.end or today, today)
    return Span(*settings.data.days) if settings.data.days else days_to_fetch(settings.data.period, end, warm_up)


def select_period(prices: Prices, settings: Settings, warm_up: int) -> Prices:
    """Return the rows of the period and up to `warm_up` rows before it, or those of the days of an earlier run.

    ::

        rows   . . . . w w w w p p p p p p p p | . .
                       warm-up ^- `period` days ^ last at or before `end`

    The days are counted back from the last row, so that the same rows come out on each day until the next session.

    Parameters
    ----------
    prices : Prices
        In order.
    settings : Settings
        `period` and `end` are used, or `first_day` and `last_day`.
    warm_up : int
        Rows to keep before the period's first.

    Raises
    ------
    DataError
        If no row falls into the period.
    """
    days = pd.DatetimeIndex(prices.frame.index)
    if settings.data.days:
        first_day, last_day = settings.data.days
        start, end = days.searchsorted(pd.Timestamp(first_day)), days.searchsorted(pd.Timestamp(last_day), side="right")
        if start >= end:
            raise DataError(f"{prices.source}: no prices from {first_day} to {last_day} - choose other days with --end")
        return prices.between(int(start), int(end))
    limit = pd.Timestamp(settings.data.end or days[-1])
    known = int(days.searchsorted(limit, side="right"))
    last = days[known - 1] if known else limit
    first = int(days[:known].searchsorted(last - pd.Timedelta(days=settings.data.period), side="right"))
    if first == known:
        raise DataError(
            f"{prices.source}: no prices in the {settings.data.period} days up to {last:%Y-%m-%d}: they run from"
            f" {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d} - choose another --period or --end"
        )
    return prices.between(max(0, first - warm_up), known)
