"""A strategy with one account of its own, for tests that order by hand and look at the books."""

import backtrader as bt

from backtrader_walkforward.brokers import Stops, SubAccountBroker


class OneAccount(bt.Strategy):
    """Records cash and equity of its account at each close, then orders."""

    params = dict(stops=Stops())

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"active": 1.0})
        self.account, self.closes = self.broker.accounts["active"], []
        self.account.stops = self.p.stops

    def next(self):
        self.closes.append((self.account.getcash(), self.account.getvalue()))
        self.order()

    def order(self):
        raise NotImplementedError
