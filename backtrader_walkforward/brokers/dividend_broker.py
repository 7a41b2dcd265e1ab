"""A broker that books dividends in cash."""

import math

from backtrader_walkforward.brokers.interest_broker import InterestBroker
from backtrader_walkforward.errors import ArgumentError

DIVIDEND = "dividend"
"""Line of a feed: cash per share on the ex-day, in the units of its prices; 0 or NaN on other days."""


class DividendBroker(InterestBroker):
    """A broker that pays the dividends of feeds with a line `dividend`.

    Who held shares at the close before the ex-day gets shares x dividend, who owed some pays it. It is booked before
    the fills of the ex-day, those at the close before excepted, and recorded in `cash_flows`. Prices must not be
    adjusted for dividends then, or they would count twice. Without such a line nothing is done on any bar.

    Attributes
    ----------
    payers : list of DataBase
        Feeds of the owner that pay dividends.

    Raises
    ------
    ArgumentError
        If a dividend is below 0 or infinite, or is missed: shares are held in bars that Backtrader makes of the feed
        (`resampledata`, `replaydata`), which lose the line. Such bars may be read.
    """

    def init(self):
        """Start over; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self.payers = [data for data in getattr(self.p.owner, "datas", ()) if pays_dividends(data)]
        self._paid_on = {}

    def pay_dividends(self):
        """Book the dividends of new bars. Requires that positions are those of the close before."""
        for data in filter(len, self.payers):
            if data.datetime[0] > self._paid_on.get(data, 0.0):
                self._paid_on[data] = data.datetime[0]
                self._pay_dividend(data, self.positions[data].size)

    def _pay_dividend(self, data, size):
        dividend = data.dividend[0]
        if not dividend or math.isnan(dividend):
            return
        if not 0 < dividend < math.inf:
            raise ArgumentError(
                f"a dividend is cash per share, above 0: found {dividend:g} on {data.datetime.date(0)} - give 0 or NaN"
                " on a day without one"
            )
        for made in self.p.owner.datas:
            if getattr(made, "data", None) is data and made in self.positions and self.positions[made]:
                refuse_missed(made)
        self._book(self._today(), DIVIDEND, size * dividend, data, size)

    def notify(self, order):
        """Announce the state of an order. A fill at the close before changes who gets the dividend of this bar.

        What it closed gives it back, what it opened gets it, too.
        """
        data = order.data
        if data.resampling and DIVIDEND in data.getlinealiases():
            refuse_missed(data)
        fill = self._fill_before_dividend(order)
        if fill:
            self._pay_dividend(data, fill.closed)
        super().notify(order)
        if fill:
            self._pay_dividend(data, fill.opened)

    def _fill_before_dividend(self, order):
        """Return the latest fill, if it is one at the close before and the dividend of this bar is booked already."""
        data = order.data
        if data in self._paid_on and order.status in (order.Partial, order.Completed):
            fill = order.executed.exbits[-1]
            if fill.dt < self._paid_on[data] == data.datetime[0]:
                return fill
        return None


def pays_dividends(data) -> bool:
    """Tell whether a feed has a line `dividend`, with at least one where its bars are loaded already."""
    if data.resampling or DIVIDEND not in data.getlinealiases():
        return False
    return not data.buflen() or any(value and not math.isnan(value) for value in data.dividend.array)


def refuse_missed(data) -> None:
    """Raise ArgumentError for shares of bars that Backtrader makes of a feed that pays dividends."""
    raise ArgumentError(
        f"{data._name or 'a feed'} is resampled or replayed from bars with a line {DIVIDEND}, which Backtrader loses:"
        " trade the bars that it is made of, and read this one"
    )
