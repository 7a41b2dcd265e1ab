"""One sub-account: its own cash, positions and orders."""

from datetime import date

import backtrader as bt

from backtrader_walkforward.brokers.exit_orders import ExitOrders, Stops
from backtrader_walkforward.brokers.market_orders import Decision
from backtrader_walkforward.brokers.target_weights import TargetWeightBroker
from backtrader_walkforward.errors import ArgumentError


def refuse_cash(found):
    """Raise ArgumentError for cash that comes from outside."""
    raise ArgumentError(
        f"the capital of an account is fixed, found {found}: set --capital, or SubAccountBroker(cash=...)"
    )


class Account(TargetWeightBroker):
    """Backtrader's own broker for one strategy, plus orders by target weight.

    Given the same plain orders and no interest, every figure equals a plain `BackBroker`'s to the last digit, but for
    limit orders that slip (`FillingBroker`). On a bar, exit orders that its open has reached fill first, then target
    orders, sales before purchases, then Backtrader's, then the other exit orders. A bar without Backtrader's orders
    skips `BackBroker.next`, which would double its time.

    Parameters
    ----------
    owner : bt.Strategy
        Who trades here; orders by target weight are sent in its name.
    name : str
        `active` or `passive`; every order carries it as `order.info.account`, and as its `tradeid`: Backtrader adds up
        fills with the same one to a trade, and a trade is of one account.

    Attributes
    ----------
    bankrupt : datetime.date or None
        The day on which equity fell to zero or below. The account then closes its positions and takes no more orders.
    stops : Stops
        Where positions are closed by orders that rest here; none unless set before the first bar.
    """

    def init(self):
        """Start over; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self.bankrupt: date | None = None
        self.stops = Stops()
        self._exit_orders: dict[bt.DataBase, ExitOrders] = {}

    def order_target_weight(self, data, weight):
        """Bring the position in `data` to a target weight; nothing once the account is bankrupt."""
        if not self.bankrupt:
            super().order_target_weight(data, weight)

    def apply_lockout(self, data, weight):
        """Return the target weight; 0 while a stop keeps the account out of `data` (`ExitOrders.apply_lockout`)."""
        return self._exit_orders[data].apply_lockout(weight) if data in self._exit_orders else weight

    def next(self):
        """Book the interest and dividends due before this bar, fill the orders at its prices, check its close."""
        if self._is_idle():
            self._value_positions()
            return
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

    def _is_idle(self):
        """Tell whether no bar can change anything yet: nothing was ordered, and cash earns nothing."""
        waits = self._decisions or self.pending or self.submitted
        return not (waits or self.positions or self.p.coo or self.accrues_interest())

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
        self._scheme_of_shares(order.data)
        self._stamp(order)
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

    def cancel(self, order, bracket=False):
        """Cancel a plain order, or an exit order with all others of its position."""
        return super().cancel(order, bracket) or any(exits.cancel(order) for exits in self._exit_orders.values())

    def get_orders_open(self, safe=False):
        """Return the orders that are open, the exit orders last; copies of them if `safe`."""
        resting = [order for exits in self._exit_orders.values() for order in exits.orders.values()]
        return super().get_orders_open(safe) + ([order.clone() for order in resting] if safe else resting)

    def _fill_exit_orders_at_open(self):
        """Fill what the open has reached, and drop the decisions that would open the same side again.

        Not where plain orders wait, which may be meant to close the same position: they go first.
        """
        waiting = {order.data for order in (*self.submitted, *self.pending)}
        for data, exits in self._exit_orders.items():
            decision = self._decisions.get(data)
            if data not in waiting and exits.next_open() and decision and exits.keeps_out(decision.weight):
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

    def _require_plain(self, oco):
        """Return an order that another one cancels; refuse an exit order, which knows no others than its own."""
        if oco is not None and "exit" in oco.info:
            raise ArgumentError(
                f"oco must be an order of your own, found the exit order {oco.info.exit}: cancel yours in notify_order"
            )
        return oco

    def _stamp(self, order):
        """Write the account's name on an order; refuse a trade id of its own, which the account's orders lack."""
        if order.tradeid:
            raise ArgumentError(
                f"an account has one trade at a time in each data, found tradeid={order.tradeid!r}: leave it out, and"
                " open_accounts() of their own for what are trades of their own"
            )
        order.addinfo(account=self.p.name)
        order.p.tradeid = self.p.name

    def _close_for_good(self):
        self._decisions.clear()
        for order in self.get_orders_open():
            self.cancel(order)
        self.bankrupt = max(data.datetime.date(0) for data in filter(len, self.positions))
        for data, position in self.positions.items():
            if position.size:
                self._decisions[data] = Decision(0.0, data.datetime[0], data.close[0], self._lot(data))
