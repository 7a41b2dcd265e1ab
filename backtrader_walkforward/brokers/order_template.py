"""Market orders by the thousand, cast from one that Backtrader's constructor made."""

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
    """Casts accepted market orders of one owner in one data feed.

    Backtrader's constructor takes longer than all that a daily order goes through afterwards: it reads fifteen
    parameters and works out the end of the session, which a market order never asks for.
    """

    def __init__(self, owner, data):
        self._buy, self._sell = (self._model(kind(owner=owner, data=data, size=1)) for kind in (BuyOrder, SellOrder))

    @staticmethod
    def _model(order: Order) -> Order:
        """Return an accepted order whose parameters are attributes too, where they are found at once."""
        order.submit()
        order.accept()
        vars(order).update({name: getattr(order, name) for name in vars(order.p)}, pannotated=None)
        return order

    def make(self, size: float, decision: Decision, **info) -> Order:
        """Return an order for `size` shares, below 0 to sell, as created at the close of the bar of the decision."""
        model = self._sell if size < 0 else self._buy
        order, params = object.__new__(type(model)), object.__new__(type(model.p))
        vars(params).update(vars(model.p), size=abs(size), tradeid=decision.tradeid)
        vars(order).update(
            vars(model),
            ref=next(Order.refbasis),
            p=params,
            params=params,
            size=size,
            tradeid=decision.tradeid,
            info=AutoOrderedDict(info),
            created=OrderData(decision.date, size, decision.close, pclose=decision.close, **ONLY_FOR_LIMITS),
            executed=OrderData(remsize=size),
        )
        return order
