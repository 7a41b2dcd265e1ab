"""A broker that fills an order at a price it is told, and records the cost of slippage."""

import math
from collections import Counter

import backtrader as bt

from backtrader_walkforward.brokers.sizing import DUST


def price_of(data, line):
    """Return `open`, `high` or `low` of the latest bar; where bars are replayed, of the part that has just come."""
    tick = getattr(data, f"tick_{line}", None)
    return getattr(data, line)[0] if tick is None else tick


class FillingBroker(bt.brokers.BackBroker):
    """Backtrader's own broker, plus `fill`, which does with an order and a price what `BackBroker` does at a fill.

    A limit order that slips still fills at its limit or better, under `slip_out` too, where Backtrader's may not.

    Attributes
    ----------
    slippage_paid : float
        Cost of slippage in all fills, in money: fill price less price without slippage, times size.
    opened : Counter of DataBase
        Positions that were opened so far, by data.
    """

    cash: float

    def init(self):
        """Start over; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self.slippage_paid = 0.0
        self.opened: Counter[bt.DataBase] = Counter()
        self._last_slip = math.nan, math.nan

    def slipped(self, price, side, bound, *, at_open=True, is_limit=False):
        """Return a price after slippage, None where the parameters of slippage allow no fill.

        Parameters
        ----------
        price : float
            Price without slippage.
        side : {1, -1}
            1 for a purchase, -1 for a sale.
        bound : float
            Worst price of the bar, or the limit of a limit order.
        at_open : bool
            Whether this is the first price of the bar, which slips only under `slip_open`.
        """
        perc, fixed = self.p.slip_perc, self.p.slip_fixed
        if not (perc or fixed) or (at_open and not self.p.slip_open):
            return price
        worse = price * (1 + side * perc) if perc else price + side * fixed
        if side * (worse - bound) > 0:
            if not (self.p.slip_match or (is_limit and self.p.slip_limit)):
                return None
            worse = worse if self.p.slip_out and not is_limit else bound
        self._last_slip = price, worse
        return worse

    def _slip_up(self, pmax, price, doslip=True, lim=False):
        """Slip a plain order. Backtrader has no public place where a price without slippage is known."""
        return self.slipped(price, 1, pmax, at_open=False, is_limit=lim) if doslip else price

    def _slip_down(self, pmin, price, doslip=True, lim=False):
        return self.slipped(price, -1, pmin, at_open=False, is_limit=lim) if doslip else price

    def fill(self, order, price, moment):
        """Fill an order at `price`, as of the date number `moment`; tell whether any of it was filled.

        What would open a position that cash cannot pay is refused (Margin). A `filler` sets the size.
        """
        data, size, scheme = order.data, order.executed.remsize, self.getcommissioninfo(order.data)
        if self.p.filler:
            size = math.copysign(self.p.filler(order, price, 0), size)
        position, cash = self.positions[data], self.cash
        entry, base = position.price, position.adjbase
        held, average, opened, closed = position.pseudoupdate(size, price)
        profit, wanted = scheme.profitandloss(-closed, entry, price), opened
        closed_value = closed_fee = opened_value = opened_fee = 0.0
        if closed:
            closed_value, proceeds = self._cost(scheme, -closed, entry)
            closed_fee = scheme.getcommission(closed, price)
            cash += proceeds + profit
            self.cash = cash = cash - closed_fee + scheme.cashadjust(-closed, base, price)
        if opened:
            opened_value, cost = self._cost(scheme, opened, price)
            opened_fee = scheme.getcommission(opened, price)
            cash = cash - cost - opened_fee
            if cash < 0:
                opened, opened_value, opened_fee = 0, 0.0, 0.0
            else:  # what was held before is settled up to this price, the base of all from now on
                self.cash = cash + (scheme.cashadjust(held - opened, base, price) if held != opened else 0.0)
                position.adjbase = price
        size = closed + opened
        if size:
            scheme.confirmexec(size, price)
            position.update(size, price, data.num2date(moment))
            parts = closed, closed_value, closed_fee, opened, opened_value, opened_fee
            order.execute(moment, size, price, *parts, scheme.margin, profit, held, average)
            order.addcomminfo(scheme)
            self.notify(order)
        if wanted and not opened:
            order.margin()
            self.notify(order)
        return bool(size)

    def worth(self, data, price):
        """Return what the position in `data` adds to the equity at `price`, below 0 where shares are owed.

        Of a purchase with leverage that is what was paid for it, and the profit since.
        """
        position, scheme = self.positions[data], self.getcommissioninfo(data)
        value, leverage = scheme.getvaluesize(position.size, price), scheme.get_leverage()
        if leverage == 1 or value <= 0:
            return value
        profit = scheme.profitandloss(position.size, position.price, price)
        return (value - profit) / leverage + profit

    def _cost(self, scheme, size, price):
        """Return the value of `size` shares, and the cash that goes into them under the scheme's leverage."""
        value = scheme.getvaluesize(size, price) if self.p.shortcash else scheme.getoperationcost(size, price)
        return value, value / scheme.get_leverage() if value > 0 else value

    def notify(self, order):
        """Announce the state of an order; add up the slippage of a fill, and count the positions.

        A completed order changes no more, so that it needs no copy. A reversal of which rounding is left, as both its
        parts add up to a little less, is completed: Backtrader would fill the rest at the next bar, for a minimum fee.
        """
        if order.status == order.Partial and abs(order.executed.remsize) <= DUST * abs(order.size):
            order.executed.remsize = 0.0
            order.completed()
        if order.status in (order.Partial, order.Completed):
            fill, (price, slipped) = order.executed.exbits[-1], self._last_slip
            if fill.price == slipped:  # else it did not slip
                self.slippage_paid += (slipped - price) * fill.size
            if fill.opened and fill.opened == fill.psize:  # all that is held
                self.opened[order.data] += 1
        self._last_slip = math.nan, math.nan  # of a refused order, too: the next one may fill at the same price
        if order.status == order.Completed:
            order.executed.markpending()
            self.notifs.append(order)
        else:
            super().notify(order)
