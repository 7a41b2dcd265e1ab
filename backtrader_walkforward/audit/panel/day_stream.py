"""The bars of a panel, day by day: every feed gets its bar once all books have decided on the day before."""

from collections.abc import Iterator
from itertools import count

import pandas as pd

from backtrader_walkforward.trading.forecast_feed import GrowingFeed

Bars = dict[str, pd.Series]
"""The bars of one day by ticker, each named by its date."""


class DayStream:
    """Gives each ticker its own bar of every day that arrives.

    Parameters
    ----------
    days : iterator of dict
        The bars of each day in the order of time.
    """

    def __init__(self, days: Iterator[Bars]) -> None:
        self._days, self._known = days, list[Bars]()

    def feed(self, ticker: str, columns: list[str]) -> GrowingFeed:
        """Return the feed of a ticker, without a bar yet."""
        empty = pd.DataFrame(index=pd.DatetimeIndex([], name="Date"), columns=columns, dtype=float)
        return GrowingFeed(dataname=empty, more=self.bars_of(ticker))

    def bars_of(self, ticker: str) -> Iterator[pd.Series | None]:
        """Yield the bar of each day; None twice on a day without one, as Cerebro then asks a second time."""
        for number in count():
            if number == len(self._known):
                if (day := next(self._days, None)) is None:
                    return
                self._known.append(day)
            if ticker in (day := self._known[number]):
                yield day[ticker]
            else:
                yield from (None, None)


def days_of_bars(bars: dict[str, pd.DataFrame]) -> Iterator[Bars]:
    """Yield the bars of each day of any ticker."""
    days = sorted({day for own in bars.values() for day in own.index})
    for day in days:
        yield {ticker: own.loc[day] for ticker, own in bars.items() if day in own.index}
