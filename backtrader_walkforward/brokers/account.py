"""One sub-account: its own cash, positions and orders."""

import math
from copy import copy
from datetime import date
from typing import NamedTuple

import backtrader as bt
from backtrader.order import BuyOrder, Order, OrderData, SellOrder
from backtrader.utils import AutoOrderedDict

from backtrader_walkforward.brokers.exit_orders import ExitOrders, Stops
from backtrader_walkforward.brokers.interest_broker import InterestBroker
from backtrader_walkforward.brokers.sizing import DUST, affordable_size


class Decision(NamedTuple):
    """A target weight, with the date number and the close of the bar it was decided on."""

    weight: float
    tradeid: int
    date: float
    close: float


class Account(InterestBroker):
    """Backtrader's own broker for one strategy, plus orders by target weight.

    Given the same orders, every figure equals a plain `BackBroker`'s to the last digit. Target orders fill first on a
    bar, exit orders last. A bar without other orders skips `BackBroker.next`, which would double its time.

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
        self._templates: dict[tuple[bt.DataBase, type[Order]], Order] = {}

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
        accrues_interest = self.accrues_interest()
        if accrues_interest and not self.p.coc:
            self.pay_interest()  # before sizes are set, so that they fit the cash that is left
        for data in [data for data, decision in self._decisions.items() if self._is_due(data, decision)]:
            self._trade(data, self._decisions.pop(data))
        if self.p.coc and (accrues_interest := self.accrues_interest()):
            self.pay_interest()  # for the nights since the close at which these orders were filled
        if self.pending or self.submitted or accrues_interest:
            super().next()  # Backtrader's own way through the bar
        else:
            self._value_positions()
        if self.stops and not self.bankrupt:
            self._process_exit_orders()
        if self.getvalue() <= 0 and not self.bankrupt:
            self._close_for_good()

    def submit(self, order, check=True):
        """Take an order, unless the account is bankrupt. The account's own orders need no check of the cash."""
        order.addinfo(account=self.p.name)
        own = order.info.get("sent_by_account", False)
        if self.bankrupt and not own:
            order.reject(self)
            self.notify(order)
            return order
        return super().submit(order, check=check and not own)

    def cancel(self, order, bracket=False):
        """Cancel a plain order, or an exit order with all others of its position."""
        return super().cancel(order, bracket) or any(exits.cancel(order) for exits in self._exit_orders.values())

    def get_orders_open(self, safe=False):
        """Return the orders that are open, the exit orders last; copies of them if `safe`."""
        resting = [order for exits in self._exit_orders.values() for order in exits.orders.values()]
        return super().get_orders_open(safe) + ([order.clone() for order in resting] if safe else resting)

    def _process_exit_orders(self):
        for data in self.positions:
            if data not in self._exit_orders:
                self._exit_orders[data] = ExitOrders(self, data, self.stops)
            if self._exit_orders[data].next():
                self._value_positions()

    def _value_positions(self):
        """Compute the equity at this close. Backtrader does so when asked for the value of data, none meaning all."""
        self.get_value(datas=())

    def _is_due(self, data, decision):
        """Tell whether the price of the fill is known: the data has a newer bar."""
        return self.p.coc or data.datetime[0] > decision.date

    def _trade(self, data, decision):
        """Bring the position in `data` to its target weight, unless the difference is rounding."""
        start = decision.close if self.p.coc else data.open[0]
        size = self._size_to(data, decision.weight, start)
        if not size:
            return
        if self.p.filler or not self.p.slip_match:  # it may fill in parts, or later: Backtrader's own order
            send = self.buy if size > 0 else self.sell
            order = send(self.p.owner, data, abs(size), tradeid=decision.tradeid, sent_by_account=True)
            order.created.dt, order.created.pclose = decision.date, decision.close
            return
        price = self.slipped(start, *((1, data.high[0]) if size > 0 else (-1, data.low[0])))
        self.fill(self._market_order(data, size, decision), price, decision.date if self.p.coc else data.datetime[0])

    def _market_order(self, data, size, decision):
        """Return an accepted order for `size` shares, below 0 to sell, as created at the close of the decision.

        It is a clone of one that Backtrader's constructor made, with parts of its own for all that differs. The
        constructor reads fifteen parameters and computes the end of the session, which a market order never asks for:
        34 microseconds an order, a fifth of the time of a variant that trades each day.
        """
        kind = BuyOrder if size > 0 else SellOrder
        if (data, kind) not in self._templates:
            template = self._templates[data, kind] = kind(owner=self.p.owner, data=data, size=1)
            template.submit()
            template.accept()
            for name in vars(template.p):  # as attributes, where they are found at once
                setattr(template, name, getattr(template, name))
            template.pannotated = None
        order = self._templates[data, kind].clone()
        order.ref = next(Order.refbasis)
        order.p = order.params = copy(order.p)
        order.p.size, order.p.tradeid = abs(size), decision.tradeid
        order.size, order.tradeid, order.info = size, decision.tradeid, AutoOrderedDict(account=self.p.name)
        order.created = OrderData(
            decision.date, size, decision.close, None, pclose=decision.close, trailamount=None, trailpercent=None
        )
        order.executed = OrderData(remsize=size)
        return order

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
        fill = self.slipped(price, 1, math.inf)
        return affordable_size(size, -held, self.cash, fill, scheme.getcommission, self.p.whole_shares)

    def _close_for_good(self):
        for order in self.get_orders_open():
            self.cancel(order)
        for data, position in self.positions.items():
            self.bankrupt = data.datetime.date(0)
            if position.size:
                send = self.buy if position.size < 0 else self.sell
                send(self.p.owner, data, abs(position.size), sent_by_account=True)
