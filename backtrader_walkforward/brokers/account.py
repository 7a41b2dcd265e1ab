"""One sub-account: its own cash, positions and orders."""

import math
from datetime import date

import backtrader as bt

from backtrader_walkforward.brokers.exit_orders import ExitOrders
from backtrader_walkforward.brokers.interest_broker import InterestBroker
from backtrader_walkforward.brokers.order_template import Decision, OrderTemplate
from backtrader_walkforward.brokers.sizing import DUST, affordable_size
from backtrader_walkforward.brokers.stops import Stops


class Account(InterestBroker):
    """Backtrader's own broker for one strategy, plus orders by target weight.

    Given the same orders, every figure equals a plain `BackBroker`'s to the last digit. A bar with nothing but target
    orders skips `BackBroker.next`, which would double its time: these orders go to `_try_exec` at once. That method,
    `_get_value` and `_ocoize` have no public counterpart.

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
    bankrupt : datetime.date or None
        The day on which equity fell to zero or below. The account then closes its positions and takes no more orders.
    stops : Stops
        Where positions are closed by orders that rest here; none unless set before the first bar.
    """

    params = dict(name="active", whole_shares=False)

    def init(self):
        """Start over; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self.bankrupt: date | None = None
        self.stops = Stops()
        self._exit_orders: dict[bt.DataBase, ExitOrders] = {}
        self._decisions: dict[bt.DataBase, Decision] = {}
        self._templates: dict[bt.DataBase, OrderTemplate] = {}

    def order_target_weight(self, data, weight, tradeid=0):
        """Bring the position in `data` to `weight` times this account's equity, at the price of the fill.

        Known here is the bar that has just closed. The size waits until the fill price is at hand: at the next open
        (or, with `coc`, at this close) equity and position are valued at that price and the difference is bought or
        sold. A purchase is the largest that cash pays, so a weight of 1 is never refused. A later call for the same
        data replaces an earlier one that has not filled.
        """
        if not self.bankrupt:
            self._decisions[data] = Decision(weight, tradeid, data.datetime[0], data.close[0])

    def apply_lockout(self, data, weight):
        """Return the target weight; 0 while a stop keeps the account out of `data` (`ExitOrders.apply_lockout`)."""
        return self._exit_orders[data].apply_lockout(weight) if data in self._exit_orders else weight

    def next(self):
        """Pay interest for the nights before this bar, fill the orders at its prices, check the equity at its close."""
        accrues_interest, fills_whole = self.accrues_interest(), self.p.filler is None and self.p.slip_match
        if accrues_interest and not self.p.coc:
            self.pay_interest()  # before sizes are set, so that they fit the cash that is left
        orders = self._due_orders()
        busy = accrues_interest or not fills_whole or self._has_other_orders()
        if busy and not (self.p.coc and fills_whole):
            for order in orders:
                self._ocoize(order, None)
                self.submit(order, check=False)
        else:
            for order in orders:
                self._try_exec(order)
        if self.p.coc and self.accrues_interest():
            self._pay_after_the_close(orders)
        if busy:
            super().next()  # Backtrader's own way through the bar
        else:
            self._get_value()
        self._process_exit_orders()
        if self._value <= 0 and not self.bankrupt:
            self._close_for_good()

    def submit(self, order, check=True):
        """Take an order, unless the account is bankrupt."""
        order.addinfo(account=self.p.name)
        if self.bankrupt and not order.info.get("closes_account"):
            order.reject(self)
            self.notify(order)
            return order
        return super().submit(order, check=check)

    def notify(self, order):
        """Announce the state of an order. A completed order, which changes no more, needs no copy."""
        if order.status == order.Completed:
            order.executed.markpending()
            self.notifs.append(order)
        else:
            super().notify(order)

    def _has_other_orders(self):
        """Tell whether Backtrader would do more on this bar than fill target orders and value the positions."""
        waiting = any(order.active() for order in self.pending)  # resting stops are not
        return waiting or self.submitted or self._toactivate or self._userhist

    def _process_exit_orders(self):
        for data in self.positions if self.stops and not self.bankrupt else ():
            if data not in self._exit_orders:
                self._exit_orders[data] = ExitOrders(self, data, self.stops)
            if self._exit_orders[data].next():
                self._get_value()

    def _pay_after_the_close(self, orders):
        """Pay interest for the nights since the close at which the orders were filled."""
        for order in orders:
            self.positions[order.data].datetime = order.data.datetime.datetime(-1)
        self.pay_interest()

    def _ococheck(self, order):
        if order.ref in self._ocos:  # target orders are in no group
            super()._ococheck(order)

    def _due_orders(self):
        """Return an order for each decision whose fill price is known: its data has a newer bar."""
        if not self._decisions:
            return []
        due = [data for data, decision in self._decisions.items() if self.p.coc or data.datetime[0] > decision.date]
        orders = [self._order_to(data, self._decisions.pop(data)) for data in due]
        return [order for order in orders if order]

    def _order_to(self, data, decision):
        """Return the order that brings the position in `data` to its target weight, None when that is rounding."""
        price = decision.close if self.p.coc else data.open[0]
        size = self._size_to(data, decision.weight, price)
        if not size:
            return None
        if data not in self._templates:
            self._templates[data] = OrderTemplate(self.p.owner, data)
        return self._templates[data].make(size, decision, account=self.p.name)

    def _size_to(self, data, weight, price):
        """Return the signed number of shares to trade, 0 when the difference is rounding."""
        held = self.positions[data].size
        scheme = self.getcommissioninfo(data)
        target = weight * max(self.cash + scheme.getvaluesize(held, price), 0.0) / price
        if self.p.whole_shares:
            target = math.trunc(target * (1 + DUST))
        size = target - held
        if abs(size) <= DUST * max(abs(target), abs(held)):
            return 0.0
        if size < 0:
            return size
        fill = self._slip_up(math.inf, price, doslip=self.p.slip_open)
        return affordable_size(size, -held, self.cash, fill, scheme.getcommission, self.p.whole_shares)

    def _close_for_good(self):
        for order in list(self.pending):
            self.cancel(order)
        for data, position in self.positions.items():
            self.bankrupt = data.datetime.date(0)
            if position.size:
                send = self.buy if position.size < 0 else self.sell
                send(self.p.owner, data, abs(position.size), _checksubmit=False, closes_account=True)
