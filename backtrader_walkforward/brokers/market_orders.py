"""Orders by target weight, as Backtrader has market orders that were accepted."""

from copy import copy
from typing import NamedTuple

from backtrader.order import BuyOrder, Order, OrderData, SellOrder
from backtrader.utils import AutoOrderedDict


class Decision(NamedTuple):
    """A target weight, with the date number, the close and the size of a lot of the bar it was decided on.

    `at_open` tells that it was decided before that bar was traded, as in Backtrader's `next_open`.
    """

    weight: float
    date: float
    close: float
    lot: float
    at_open: bool = False


class MarketOrders:
    """Makes accepted market orders.

    Each is a copy of one that Backtrader's constructor made, with parts of its own for all that differs. The
    constructor reads fifteen parameters and computes the end of the session, which a market order never asks for:
    34 microseconds an order, a fifth of the time of a variant that trades each day.

    Parameters
    ----------
    owner : bt.Strategy
        In whose name the orders are sent.
    account : str
        Name that every order carries as `order.info.account` and `order.tradeid`.
    """

    def __init__(self, owner, account):
        self._owner, self._account = owner, account
        self._templates = {}

    def accepted(self, data, size, decision):
        """Return an order for `size` shares, below 0 to sell, as created at the close of the decision."""
        order = copy(self._template(data, BuyOrder if size > 0 else SellOrder))
        order.ref = next(Order.refbasis)
        order.p = order.params = copy(order.p)
        order.p.size, order.size, order.info = abs(size), size, AutoOrderedDict(account=self._account)
        order.created = OrderData(
            decision.date, size, decision.close, None, pclose=decision.close, trailamount=None, trailpercent=None
        )
        order.executed = OrderData(remsize=size)
        return order

    def _template(self, data, kind):
        if (data, kind) not in self._templates:
            template = self._templates[data, kind] = kind(owner=self._owner, data=data, size=1, tradeid=self._account)
            template.submit()
            template.accept()
            for name in vars(template.p):  # as attributes, where they are found at once
                setattr(template, name, getattr(template, name))
            template.pannotated = None
        return self._templates[data, kind]
