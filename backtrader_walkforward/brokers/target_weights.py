"""A broker that takes orders by target weight, and sizes them when the price of their fill is known."""

import math
from numbers import Real

import backtrader as bt
from backtrader.order import Order

from backtrader_walkforward.brokers.commission import previous_close
from backtrader_walkforward.brokers.dividend_broker import DividendBroker
from backtrader_walkforward.brokers.filling_broker import price_of
from backtrader_walkforward.brokers.market_orders import Decision, MarketOrders
from backtrader_walkforward.brokers.sizing import DUST, ROUNDING, affordable_size, in_lots, is_small, lot_of
from backtrader_walkforward.errors import ArgumentError, DataError


class TargetWeightBroker(DividendBroker):
    """A broker with orders by target weight beside Backtrader's own. They fill at an open, or with `coc` at a close.

    Parameters
    ----------
    name : str
        Name that every order carries as `order.info.account` and `order.tradeid`.
    whole_shares : bool
        Round target positions towards zero to whole shares of the day (`sizing.in_lots`). A line `lot_size` of the data
        says how many of its shares are one share of the day; one without it.
    rebalance_band, min_order : float
        Differences from a target weight that are not traded (`sizing.is_small`). What cash pays of a purchase must be
        worth `min_order`, too.
    coc : bool
        Fill target orders at the close they were decided on, not at the next open.
    """

    params = dict(name="active", whole_shares=False, rebalance_band=0.0, min_order=0.0)

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

    def _is_worth_too_little(self, data, size, price):
        """Tell whether what cash pays of a purchase is below `min_order`; the band is of the whole difference."""
        held = self.positions[data].size
        return is_small(held + size, held, price, 0.0, self.p.min_order)

    def _moment(self, data, decision):
        """Return the date number of the fill."""
        return decision.date if self.p.coc else data.datetime[0]

    def _start_price(self, data, decision):
        """Return the price of a fill before slippage."""
        return decision.close if self.p.coc else price_of(data, "open")

    def _within_equity(self, due):
        """Return the decisions, the short ones made smaller by the same share where they add up to more than 1."""
        short = {data: decision for data, decision in due.items() if decision.weight < 0}
        owed = sum(-decision.weight / self.getcommissioninfo(data).get_leverage() for data, decision in short.items())
        if owed <= 1 + DUST:
            return due
        return due | {data: decision._replace(weight=decision.weight / owed) for data, decision in short.items()}

    def _differences(self, due):
        """Return the signed number of shares from each position to its target weight, 0 when that is rounding.

        All are shares of the equity of the same moment, before any of them trades.
        """
        sizes, equity = {}, {}
        for data, decision in due.items():
            moment = self._moment(data, decision)
            if moment not in equity:
                equity[moment] = self._equity_at(moment, due)
            sizes[data] = self._difference(data, decision, self._start_price(data, decision), equity[moment])
        return sizes

    def _difference(self, data, decision, price, equity):
        if price <= 0:
            raise DataError(self._no_price(data, decision, price))
        held = self.positions[data].size
        target = decision.weight * max(equity, 0.0) / price
        if self.p.whole_shares:
            target = float(in_lots(target, held, self._lot_at_fill(data, decision)))
        if is_small(target, held, price, self.p.rebalance_band, self.p.min_order):
            return 0.0
        size = target - held
        return 0.0 if abs(size) <= DUST * max(abs(target), abs(held)) else size

    def _no_price(self, data, decision, price):
        day, name = bt.num2date(self._moment(data, decision)).date(), data._name or "a feed"
        line = "close" if self.p.coc else "open"
        return (
            f"a target weight needs a price above 0, and the {line} of {name} on {day} is {price:g}: correct its prices"
        )

    def _equity_at(self, moment, due):
        """Return cash and all positions, at the prices of that moment."""
        equity = self.cash
        for data, position in self.positions.items():
            if position.size:
                equity += self.worth(data, self._price_at(moment, data, due.get(data)))
        return equity

    def _price_at(self, moment, data, decision):
        """Return the price of a fill that is due then, else the open of data with a bar then, or the latest close."""
        if decision and self._moment(data, decision) == moment:
            return self._start_price(data, decision)
        if self.p.coc:
            return previous_close(data) if data.datetime[0] > moment else data.close[0]
        return price_of(data, "open") if data.datetime[0] >= moment else data.close[0]

    def _affordable(self, data, size, price, lot):
        """Return what cash pays of a purchase; a sale needs none."""
        if size <= 0:
            return size
        scheme, fill = self.getcommissioninfo(data), self.slipped(price, 1, math.inf)
        fees, leverage = scheme.getcommission, scheme.get_leverage()
        return affordable_size(size, -self.positions[data].size, self.cash, fill, fees, lot, leverage)

    def _shared_cash(self, purchases, due):
        """Return the purchases, each made smaller by the same share where cash does not pay for all.

        What covers a short stays as it is: it is paid first.
        """
        cash, wanted, covered = self.cash, 0.0, {}
        for data, size in purchases.items():
            scheme, fill = self.getcommissioninfo(data), self.slipped(self._start_price(data, due[data]), 1, math.inf)
            covered[data] = min(size, max(-self.positions[data].size, 0.0))
            opened = size - covered[data]
            cash -= covered[data] * fill + scheme.getcommission(covered[data], fill)
            wanted += opened * fill / scheme.get_leverage() + scheme.getcommission(opened, fill)
        if wanted <= max(cash, 0.0) * (1 - ROUNDING):
            return purchases
        share = max(cash, 0.0) * (1 - ROUNDING) / wanted
        share = share if share > DUST else 0.0  # what is left is rounding
        return {
            data: covered[data] + self._in_lots(data, due[data], share * (size - covered[data]))
            for data, size in purchases.items()
        }

    def _in_lots(self, data, decision, size):
        lot = self._lot_at_fill(data, decision)
        return math.floor(size / lot * (1 + DUST)) * lot if lot else size

    def _lot_at_fill(self, data, decision):
        """Return the shares that are traded as one on the day of the fill; 0 for fractions."""
        return decision.lot if self.p.coc else self._lot(data)

    def _lot(self, data):
        return lot_of(data) if self.p.whole_shares else 0.0

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
