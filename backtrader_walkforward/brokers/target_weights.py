"""A broker that takes orders by target weight, and trades them when the price of their fill is known."""

import math
from numbers import Real

import backtrader as bt
from backtrader.order import Order

from backtrader_walkforward.brokers.filling_broker import price_of
from backtrader_walkforward.brokers.market_orders import Decision, MarketOrders
from backtrader_walkforward.brokers.sizing import DUST
from backtrader_walkforward.brokers.sizing_broker import SizingBroker
from backtrader_walkforward.errors import ArgumentError


class TargetWeightBroker(SizingBroker):
    """A broker with orders by target weight beside Backtrader's own. They fill at an open, or with `coc` at a close.

    Parameters
    ----------
    name : str
        Name that every order carries as `order.info.account` and `order.tradeid`.
    whole_shares, rebalance_band, min_order, coc
        See `SizingBroker`.
    """

    params = dict(name="active")

    def init(self):
        """Start over; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self._decisions: dict[bt.DataBase, Decision] = {}
        self._unfilled: dict[bt.DataBase, Order] = {}
        self._ended: dict[bt.DataBase, Decision] = {}
        self._traded_until: dict[bt.DataBase, float] = {}
        self._market_orders = MarketOrders(self.p.owner, self.p.name)

    def order_target_weight(self, data, weight):
        """Bring the position in `data` to `weight` times this account's equity, at the price of the fill.

        Known here is the bar that has just closed. The size waits until the fill price is at hand: at the next open
        (or, with `coc`, at this close) all positions are valued at the prices of that moment and the difference is
        bought or sold. A purchase is the largest that cash pays, so a weight of 1 is never refused. Weights end at the
        leverage of the data's scheme, on both sides, and those below 0 that come together at 1 in their sum, each
        divided by that leverage. A later call for the same data replaces an earlier one, or what has not filled of it.

        From `next_open`, with Cerebro's `cheat_on_open`, it fills at the open of that bar.

        Raises
        ------
        ArgumentError
            If the weight is not a finite number, or the data are no shares: futures, a multiplier, a broker without
            `shortcash`.
        """
        if not (isinstance(weight, Real) and math.isfinite(weight)):
            raise ArgumentError(f"a target weight is a share of the equity, such as 0.5 or -0.5: found {weight!r}")
        scheme, now = self._scheme_of_shares(data), data.datetime[0]
        if not self.p.shortcash:
            raise ArgumentError(
                "target weights are for shares whose short sale brings cash, found a broker with shortcash=False: "
                "send buy() and sell() with a size of your own"
            )
        leverage, at_open = scheme.get_leverage(), self.p.coo and now > self._traded_until.get(data, 0.0)
        weight = min(max(float(weight), -leverage), leverage)
        self._decisions[data] = Decision(weight, now, data.close[0], self._lot(data), at_open)

    def close_at_last_price(self, data):
        """Close the position in `data`, which has no further bar, when the next bar of other data comes.

        The order fills at the latest close and bears the date of that bar. It pays commission and no slippage.
        """
        self._ended[data] = Decision(0.0, data.datetime[0], data.close[0], 0.0)

    def newest_order(self):
        """Return the date number of the latest bar whose prices a waiting order may know, 0 without an order."""
        sent = (order.created.dt for order in (*self.submitted, *self.pending))
        return max((*(decision.date for decision in self._decisions.values()), *sent), default=0.0)

    def cancel_rest(self, data):
        """Cancel what has not filled of the last target order for `data`."""
        order = self._unfilled.pop(data, None)
        if order is not None and order.alive():
            self.cancel(order)

    def notify(self, order):
        """Announce the state of an order. A target order is announced when it fills, ends or is refused."""
        if not (order.status in (order.Submitted, order.Accepted) and order.info.get("sent_by_account")):
            super().notify(order)

    def _is_due(self, data, decision):
        """Tell whether the price of the fill is known: the data has a newer bar, or this one is yet to be traded."""
        return self.p.coc or decision.at_open or data.datetime[0] > decision.date

    def _trade_decisions(self):
        """Trade the decisions whose price is known and return their datas, sales first: they pay for the purchases."""
        while self._ended:
            self._close_ended(*self._ended.popitem())
        due = self._take_due()
        if not due:
            return set()
        sizes = self._differences(self._within_equity(due) if len(due) > 1 else due)
        purchases = {data: size for data, size in sizes.items() if size > 0}
        traded = {data for data, size in sizes.items() if size < 0 and self._trade(data, size, due[data], size)}
        if len(purchases) > 1:
            purchases = self._shared_cash(purchases, due)
        return traded | {data for data, size in purchases.items() if self._trade(data, size, due[data], sizes[data])}

    def _take_due(self):
        """Return the decisions whose price is known; they wait no longer, nor does the rest of an order before them."""
        due = {data: decision for data, decision in self._decisions.items() if self._is_due(data, decision)}
        for data in due:
            del self._decisions[data]
            self.cancel_rest(data)
        if self.p.coo:
            self._traded_until = {data: data.datetime[0] for data in filter(len, self.p.owner.datas)}
        return due

    def _close_ended(self, data, decision):
        self._decisions.pop(data, None)
        order = self._market_orders.accepted(data, -self.positions[data].size, decision)
        order.exectype = Order.Close
        self.fill(order, decision.close, decision.date)

    def _trade(self, data, size, decision, wanted):
        """Trade a signed number of shares, of a purchase what cash pays; tell whether it was worth an order."""
        start = self._start_price(data, decision)
        size = self._affordable(data, size, start, self._lot_at_fill(data, decision))
        if abs(size) <= DUST * abs(wanted) or (size != wanted and self._is_worth_too_little(data, size, start)):
            return False
        if self.p.filler or not self.p.slip_match:  # Backtrader's own order where it may fill in parts, or later
            send = self.buy if size > 0 else self.sell
            order = send(self.p.owner, data, abs(size), sent_by_account=True)
            order.created.dt, order.created.pclose = decision.date, decision.close
            self._unfilled[data] = order
            return True
        price = self.slipped(start, *((1, price_of(data, "high")) if size > 0 else (-1, price_of(data, "low"))))
        order = self._market_orders.accepted(data, size, decision)
        return self.fill(order, price, self._moment(data, decision))

    def _scheme_of_shares(self, data):
        """Return the commission scheme; refuse futures and a multiplier.

        Sizes, slippage, interest and exposure here are those of shares.
        """
        scheme = self.getcommissioninfo(data)
        if not scheme.stocklike or scheme.p.mult != 1:
            found = f"mult={scheme.p.mult:g}" if scheme.stocklike else "a commission scheme of futures"
            raise ArgumentError(
                f"an account trades shares alone, found {found}: trade it with Backtrader's own broker, in a Cerebro of"
                " its own"
            )
        return scheme
