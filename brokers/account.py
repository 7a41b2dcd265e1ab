"""One sub-account: its own cash, positions and orders."""

import math
from datetime import date

import backtrader as bt

ROUNDING = 1e-12
"""Share of the cash that stays behind when all of it is spent, so that rounding never refuses the order."""

DUST = 1e-9
"""Share of a position below which a difference is rounding, not a trade."""


class Account(bt.brokers.BackBroker):
    """Backtrader's own broker for one strategy, plus orders by target weight.

    Given the same orders, every figure equals a plain `BackBroker`'s to the last digit.

    Parameters
    ----------
    owner : bt.Strategy
        Who trades here; orders by target weight are sent in its name.
    name : str
        `active` or `passive`; every order carries it as `order.info.account`.
    whole_shares : bool
        Round target positions towards zero to whole shares.
    coc : bool
        Fill target orders at the close they were decided on, not at the next open.

    Attributes
    ----------
    ruined : datetime.date or None
        The day on which equity fell to zero or below. The account then closes its positions and takes no more orders.
    """

    params = dict(owner=None, name="active", whole_shares=False)

    def init(self):
        """Start over; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self.ruined: date | None = None
        self._targets = {}

    def order_target_weight(self, data, weight, tradeid=0):
        """Bring the position in `data` to `weight` times this account's equity, at the price of the fill.

        Known here is the bar that has just closed. The size waits until the fill price is at hand: at the next open
        (or now, with `coc`) equity and position are valued at that price and the difference is bought or sold. A
        purchase is the largest that cash pays, so a weight of 1 is never refused. A later call for the same data
        replaces an earlier one that has not filled.
        """
        if self.ruined:
            return
        if self.p.coc:
            self._trade_to(data, weight, tradeid, price=data.close[0])
        else:
            self._targets[data] = weight, tradeid

    def next(self):
        """Fill at this bar's prices what was ordered before it, then look at its close for ruin."""
        for data, (weight, tradeid) in self._targets.items():
            self._trade_to(data, weight, tradeid, price=data.open[0])
        self._targets.clear()
        super().next()
        if self.getvalue() <= 0 and not self.ruined:
            self._close_for_good()

    def submit(self, order, check=True):
        """Take an order, unless the account is ruined."""
        order.addinfo(account=self.p.name)
        if self.ruined and not order.info.get("closes_account"):
            order.reject(self)
            self.notify(order)
            return order
        return super().submit(order, check=check)

    def _trade_to(self, data, weight, tradeid, price):
        size = self._size_to(data, weight, price)
        if size:
            order = self._send(data, size, tradeid=tradeid)
            if not self.p.coc:
                order.created.dt = data.datetime[
                    -1
                ]  # decided a bar ago: Backtrader fills only what is older than a bar

    def _send(self, data, size, **info):
        send = self.buy if size > 0 else self.sell
        return send(self.p.owner, data, abs(size), _checksubmit=False, **info)

    def _size_to(self, data, weight, price):
        """Return the signed number of shares to trade, 0 when the difference is dust."""
        held = self.positions[data].size
        equity = self.cash + self.getcommissioninfo(data).getvaluesize(held, price)
        target = weight * max(equity, 0.0) / price
        if self.p.whole_shares:
            target = math.trunc(target * (1 + DUST))
        size = target - held
        if abs(size) <= DUST * max(abs(target), abs(held)):
            return 0.0
        return self._affordable(data, size, price) if size > 0 else size

    def _affordable(self, data, size, price):
        """Return the largest purchase up to `size` that cash pays, commission and slippage included.

        Covering a short is always allowed, as in Backtrader: only what goes beyond it needs cash.
        """
        fill = self._slip_up(math.inf, price, doslip=self.p.slip_open)
        covered = min(size, max(-self.positions[data].size, 0.0))
        commission = self.getcommissioninfo(data).getcommission

        def fees(size):  # Backtrader charges what closes and what opens a position apart
            return sum(commission(part, fill) for part in (covered, size - covered) if part)

        cash = self.cash * (1 - ROUNDING)
        if size * fill + fees(size) > cash:
            size = cash / (fill + fees(size) / size)
        while size > covered and size * fill + fees(size) > cash:  # a fee that does not scale with the size
            size = min((cash - fees(size)) / fill, math.nextafter(size, 0.0))
        return max(math.floor(size) if self.p.whole_shares else size, covered)

    def _close_for_good(self):
        for order in list(self.pending):
            self.cancel(order)
        for data, position in self.positions.items():
            self.ruined = data.datetime.date(0)
            if position.size:
                self._send(data, -position.size, closes_account=True)
