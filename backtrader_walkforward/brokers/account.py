"""One sub-account: its own cash, positions and orders."""

import math
from datetime import date
from numbers import Real

import backtrader as bt
from backtrader.order import Order

from backtrader_walkforward.brokers.commission import previous_close
from backtrader_walkforward.brokers.dividend_broker import DividendBroker
from backtrader_walkforward.brokers.exit_orders import ExitOrders, Stops
from backtrader_walkforward.brokers.filling_broker import price_of
from backtrader_walkforward.brokers.market_orders import Decision, MarketOrders
from backtrader_walkforward.brokers.sizing import DUST, affordable_size, in_lots, is_small, lot_of
from backtrader_walkforward.errors import ArgumentError


def refuse_cash(found):
    """Raise ArgumentError for cash that comes from outside."""
    raise ArgumentError(
        f"the capital of an account is fixed, found {found}: set --capital, or SubAccountBroker(cash=...)"
    )


class Account(DividendBroker):
    """Backtrader's own broker for one strategy, plus orders by target weight.

    Given the same orders, every figure equals a plain `BackBroker`'s to the last digit. On a bar, exit orders that its
    open has reached fill first, then target orders, sales before purchases, then Backtrader's, then the other exit
    orders. A bar without Backtrader's orders skips `BackBroker.next`, which would double its time.

    Parameters
    ----------
    owner : bt.Strategy
        Who trades here; orders by target weight are sent in its name.
    name : str
        `active` or `passive`; every order carries it as `order.info.account`.
    whole_shares : bool
        Round target positions towards zero to whole shares of the day (`sizing.in_lots`). A line `lot_size` of the data
        says how many of its shares are one share of the day; one without it.
    rebalance_band, min_order : float
        Differences from a target weight that are not traded (`sizing.is_small`).
    coc : bool
        Fill target orders at the close they were decided on, not at the next open.

    Attributes
    ----------
    bankrupt : datetime.date or None
        The day on which equity fell to zero or below. The account then closes its positions and takes no more orders.
    stops : Stops
        Where positions are closed by orders that rest here; none unless set before the first bar.
    """

    params = dict(name="active", whole_shares=False, rebalance_band=0.0, min_order=0.0)

    def init(self):
        """Start over; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self.bankrupt: date | None = None
        self.stops = Stops()
        self._exit_orders: dict[bt.DataBase, ExitOrders] = {}
        self._decisions: dict[bt.DataBase, Decision] = {}
        self._unfilled: dict[bt.DataBase, Order] = {}
        self._market_orders = MarketOrders(self.p.owner, self.p.name)

    def order_target_weight(self, data, weight, tradeid=0):
        """Bring the position in `data` to `weight` times this account's equity, at the price of the fill.

        Known here is the bar that has just closed. The size waits until the fill price is at hand: at the next open
        (or, with `coc`, at this close) all positions are valued at the prices of that moment and the difference is
        bought or sold. A purchase is the largest that cash pays, so a weight of 1 is never refused. A later call for
        the same data replaces an earlier one, or what has not filled of it.

        Raises
        ------
        ArgumentError
            If the weight is not a finite number, or the account trades something other than shares: futures, a
            multiplier, short sales without `shortcash`.
        """
        if not (isinstance(weight, Real) and math.isfinite(weight)):
            raise ArgumentError(f"a target weight is a share of the equity, such as 0.5 or -0.5: found {weight!r}")
        self._require_shares(data)
        if not self.bankrupt:
            self._decisions[data] = Decision(float(weight), tradeid, data.datetime[0], data.close[0], self._lot(data))

    def apply_lockout(self, data, weight):
        """Return the target weight; 0 while a stop keeps the account out of `data` (`ExitOrders.apply_lockout`)."""
        return self._exit_orders[data].apply_lockout(weight) if data in self._exit_orders else weight

    def next(self):
        """Book the interest and dividends due before this bar, fill the orders at its prices, check its close."""
        accrues_interest = not self.p.coc and self._book_nights()  # before sizes are set, to fit the cash left
        if self._exit_orders and not self.p.coc and not self.bankrupt:
            self._fill_exit_orders_at_open()
        traded = self._trade_decisions()
        if self.p.coc:
            accrues_interest = self._book_nights()  # those since the close at which these orders were filled
        if self.pending or self.submitted or accrues_interest:
            super().next()  # Backtrader's own way through the bar
        else:
            self._value_positions()
        if self.stops and not self.bankrupt:
            self._process_exit_orders(traded)
        if self.getvalue() <= 0 and not self.bankrupt:
            self._close_for_good()

    def _book_nights(self):
        """Book the interest and the dividends of the nights before this bar; tell whether interest accrues."""
        accrues_interest = self.accrues_interest()
        if accrues_interest:
            self.pay_interest()
        if self.payers:
            self.pay_dividends()
        return accrues_interest

    def submit(self, order, check=True):
        """Take an order, unless the account is bankrupt. The account's own orders need no check of the cash."""
        order.addinfo(account=self.p.name)
        own = order.info.get("sent_by_account", False)
        if self.bankrupt and not own:
            order.reject(self)
            self.notify(order)
            return order
        return super().submit(order, check=check and not own)

    def buy(self, *args, oco=None, **kwargs):
        """Send a purchase; arguments as in Backtrader."""
        return super().buy(*args, oco=self._require_plain(oco), **kwargs)

    def sell(self, *args, oco=None, **kwargs):
        """Send a sale; arguments as in Backtrader."""
        return super().sell(*args, oco=self._require_plain(oco), **kwargs)

    def add_cash(self, cash):
        """Refuse: a return on money that came later has no capital to be measured by."""
        refuse_cash(f"add_cash({cash!r})")

    def set_cash(self, cash):
        """Refuse, as `add_cash` does."""
        refuse_cash(f"set_cash({cash!r})")

    setcash = set_cash

    def notify(self, order):
        """Announce the state of an order. A target order is announced when it fills, ends or is refused."""
        if not (order.status in (order.Submitted, order.Accepted) and order.info.get("sent_by_account")):
            super().notify(order)

    def cancel(self, order, bracket=False):
        """Cancel a plain order, or an exit order with all others of its position."""
        return super().cancel(order, bracket) or any(exits.cancel(order) for exits in self._exit_orders.values())

    def get_orders_open(self, safe=False):
        """Return the orders that are open, the exit orders last; copies of them if `safe`."""
        resting = [order for exits in self._exit_orders.values() for order in exits.orders.values()]
        return super().get_orders_open(safe) + ([order.clone() for order in resting] if safe else resting)

    def cancel_rest(self, data):
        """Cancel what has not filled of the last target order for `data`."""
        order = self._unfilled.pop(data, None)
        if order is not None and order.alive():
            self.cancel(order)

    def _fill_exit_orders_at_open(self):
        """Fill what the open has reached, and drop the decisions that would open the same side again.

        Not where plain orders wait, which may be meant to close the same position: they go first.
        """
        waiting = {order.data for order in (*self.submitted, *self.pending)}
        for data, exits in self._exit_orders.items():
            decision = self._decisions.get(data)
            first = data not in waiting and not self.leaves_interest(data)
            if first and exits.next_open() and decision and exits.keeps_out(decision.weight):
                del self._decisions[data]

    def _process_exit_orders(self, traded):
        for data in filter(len, self.positions):
            if data not in self._exit_orders:
                self._exit_orders[data] = ExitOrders(self, data, self.stops)
            if self._exit_orders[data].next(entered_at_open=data in traded):
                self._value_positions()

    def _value_positions(self):
        """Compute the equity at this close. Backtrader does so when asked for the value of data, none meaning all."""
        self.get_value(datas=())

    def _is_due(self, data, decision):
        """Tell whether the price of the fill is known: the data has a newer bar."""
        return self.p.coc or data.datetime[0] > decision.date

    def _trade_decisions(self):
        """Trade the decisions whose price is known and return their datas, sales first: they pay for the purchases."""
        due = [data for data, decision in self._decisions.items() if self._is_due(data, decision)]
        if len(due) > 1:
            due.sort(key=lambda data: self._is_purchase(data, self._decisions[data]))
        return {data for data in due if self._trade(data, self._decisions.pop(data))}

    def _trade(self, data, decision):
        """Bring the position in `data` to its target weight, unless the difference is rounding; tell whether it did."""
        self.cancel_rest(data)
        start = self._start_price(data, decision)
        size = self._affordable(data, self._difference(data, decision, start), start, self._lot_at_fill(data, decision))
        if not size:
            return False
        # Backtrader's own order where it may fill in parts, or later, or only after the nights before are charged
        if self.p.filler or not self.p.slip_match or self.leaves_interest(data):
            send = self.buy if size > 0 else self.sell
            order = send(self.p.owner, data, abs(size), tradeid=decision.tradeid, sent_by_account=True)
            order.created.dt, order.created.pclose = decision.date, decision.close
            self._unfilled[data] = order
            return True
        price = self.slipped(start, *((1, price_of(data, "high")) if size > 0 else (-1, price_of(data, "low"))))
        order = self._market_orders.accepted(data, size, decision)
        return self.fill(order, price, decision.date if self.p.coc else data.datetime[0])

    def _start_price(self, data, decision):
        """Return the price of a fill before slippage."""
        return decision.close if self.p.coc else price_of(data, "open")

    def _is_purchase(self, data, decision):
        return self._difference(data, decision, self._start_price(data, decision)) > 0

    def _difference(self, data, decision, price):
        """Return the signed number of shares from the position to the target weight, 0 when that is rounding."""
        held = self.positions[data].size
        target = decision.weight * max(self._equity_at_fill(data, decision, price), 0.0) / price
        if self.p.whole_shares:
            target = float(in_lots(target, held, self._lot_at_fill(data, decision)))
        if is_small(target, held, price, self.p.rebalance_band, self.p.min_order):
            return 0.0
        size = target - held
        return 0.0 if abs(size) <= DUST * max(abs(target), abs(held)) else size

    def _equity_at_fill(self, data, decision, price):
        """Return cash and all positions, at the prices of the moment at which an order for `data` fills at `price`."""
        equity = self.cash + self.worth(data, price)
        for other in self.positions:
            if other is not data and self.positions[other].size:
                equity += self.worth(other, self._price_beside(other, data, decision))
        return equity

    def _price_beside(self, other, data, decision):
        """Return the price of `other` when an order for `data` fills: at the same open, or its latest close."""
        if self.p.coc:
            return previous_close(other) if other.datetime[0] > decision.date else other.close[0]
        return price_of(other, "open") if other.datetime[0] >= data.datetime[0] else other.close[0]

    def _affordable(self, data, size, price, lot):
        """Return what cash pays of a purchase; a sale needs none."""
        if size <= 0:
            return size
        scheme, fill = self.getcommissioninfo(data), self.slipped(price, 1, math.inf)
        fees, leverage = scheme.getcommission, scheme.get_leverage()
        return affordable_size(size, -self.positions[data].size, self.cash, fill, fees, lot, leverage)

    def _lot_at_fill(self, data, decision):
        """Return the shares that are traded as one on the day of the fill; 0 for fractions."""
        return decision.lot if self.p.coc else self._lot(data)

    def _lot(self, data):
        return lot_of(data) if self.p.whole_shares else 0.0

    def _require_shares(self, data):
        scheme = self.getcommissioninfo(data)
        if scheme.stocklike and scheme.p.mult == 1 and self.p.shortcash:
            return
        found = "a broker with shortcash=False"
        if self.p.shortcash:
            found = f"mult={scheme.p.mult:g}" if scheme.stocklike else "a commission scheme of futures"
        raise ArgumentError(
            f"target weights are for shares whose short sale brings cash, found {found}: "
            "send buy() and sell() with a size of your own"
        )

    def _require_plain(self, oco):
        """Return an order that another one cancels; refuse an exit order, which knows no others than its own."""
        if oco is not None and "exit" in oco.info:
            raise ArgumentError(
                f"oco must be an order of your own, found the exit order {oco.info.exit}: cancel yours in notify_order"
            )
        return oco

    def _close_for_good(self):
        self._decisions.clear()
        for order in self.get_orders_open():
            self.cancel(order)
        self.bankrupt = max(data.datetime.date(0) for data in filter(len, self.positions))
        for data, position in self.positions.items():
            if position.size:
                send = self.buy if position.size < 0 else self.sell
                send(self.p.owner, data, abs(position.size), sent_by_account=True)
