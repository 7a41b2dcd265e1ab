"""Market orders by the thousand: copies of one that Backtrader's constructor made."""

from copy import copy
from typing import NamedTuple

from backtrader.order import BuyOrder, Order, OrderData, SellOrder
from backtrader.utils import AutoOrderedDict


class Decision(NamedTuple):
    """A target weight, with the date number and the close of the bar it was decided on."""

    weight: float
    tradeid: int
    date: float
    close: float


ONLY_FOR_LIMITS: dict[str, None] = dict.fromkeys(("pricelimit", "trailamount", "trailpercent"))


class OrderTemplate:
    """Makes accepted market orders of one owner in one data feed.

    Backtrader's constructor takes a third of the time of a daily order: it reads fifteen parameters and computes the
    end of the session, which a market order never asks for. A copy of an order takes less than half of that.
    """

    def __init__(self, owner, data):
        self._buy, self._sell = (self._model(kind(owner=owner, data=data, size=1)) for kind in (BuyOrder, SellOrder))

    @staticmethod
    def _model(order: Order) -> Order:
        """Return an accepted order with its parameters as attributes, where they are found at once."""
        order.submit()
        order.accept()
        for name in vars(order.p):
            setattr(order, name, getattr(order, name))
        order.pannotated = None
        return order

    def make(self, size: float, decision: Decision, **info) -> Order:
        """Return an order for `size` shares, below 0 to sell, as created at the close of the bar of the decision."""
        order = copy(self._sell if size < 0 else self._buy)
        order.ref = next(Order.refbasis)
        order.p = order.params = copy(order.p)
        order.p.size, order.p.tradeid = abs(size), decision.tradeid
        order.size, order.tradeid, order.info = size, decision.tradeid, AutoOrderedDict(info)
        order.created = OrderData(decision.date, size, decision.close, pclose=decision.close, **ONLY_FOR_LIMITS)
        order.executed = OrderData(remsize=size)
        return order
