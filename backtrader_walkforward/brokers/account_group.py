"""The broker of a strategy: the sum of its own accounts."""

from collections.abc import Iterable

import backtrader as bt
from backtrader.position import Position

from backtrader_walkforward.brokers.account import Account
from backtrader_walkforward.errors import ArgumentError


def total_position(accounts: Iterable[bt.brokers.BackBroker], data) -> Position:
    """Return the sum of the positions in `data`; its price is the mean entry price, weighted by size."""
    positions = [account.getposition(data) for account in accounts]
    if len(positions) == 1:
        return positions[0]
    size = sum(position.size for position in positions)
    cost = sum(position.size * position.price for position in positions)
    return Position(size, cost / size if size else 0.0)


class AccountGroup(bt.BrokerBase):
    """The accounts of one strategy behind Backtrader's broker interface.

    Value, cash and position are the sums over the accounts. Plain orders (`self.buy()`, `self.close()`) go to the
    first account. No method moves cash.
    """

    def __init__(self, accounts: Iterable[Account]):
        super().__init__()
        self.accounts = {account.p.name: account for account in accounts}
        self._first = next(iter(self.accounts.values()))

    @property
    def startingcash(self):
        """Capital of all accounts at the start."""
        return sum(account.startingcash for account in self.accounts.values())

    @property
    def positions(self):
        """Positions by data, over all accounts."""
        datas = {data: None for account in self.accounts.values() for data in account.positions}
        return {data: self.getposition(data) for data in datas}

    @property
    def bankrupt(self):
        """The first day on which an account went bankrupt, or None."""
        return min((account.bankrupt for account in self.accounts.values() if account.bankrupt), default=None)

    def getcash(self):
        """Return the cash of all accounts."""
        return sum(account.getcash() for account in self.accounts.values())

    get_cash = getcash

    def getvalue(self, datas=None):
        """Return the equity of all accounts, or the value of their positions in `datas`."""
        return sum(account.getvalue(datas) for account in self.accounts.values())

    get_value = getvalue

    def add_cash(self, cash):
        """Refuse, as each account does."""
        self._first.add_cash(cash)

    def set_cash(self, cash):
        """Refuse, as each account does."""
        self._first.set_cash(cash)

    setcash = set_cash
    cash = property(getcash, set_cash)

    def getposition(self, data):
        """Return the position in `data` over all accounts."""
        return total_position(self.accounts.values(), data)

    def getcommissioninfo(self, data):
        """Return the commission scheme, which the accounts share."""
        return self._first.getcommissioninfo(data)

    def setcommission(self, *_, **__):
        """Refuse: it would change no account."""
        self._refuse("setcommission()")

    def addcommissioninfo(self, *_, **__):
        """Refuse, as `setcommission` does."""
        self._refuse("addcommissioninfo()")

    def _refuse(self, found):
        raise ArgumentError(
            f"the accounts of a strategy have the commission of the broker, found {found}: call it on cerebro.broker"
            " before the run"
        )

    def buy(self, owner, *args, **kwargs):
        """Buy in the first account; arguments as in Backtrader's broker."""
        return self._account_for(owner).buy(owner, *args, **kwargs)

    def sell(self, owner, *args, **kwargs):
        """Sell in the first account; arguments as in Backtrader's broker."""
        return self._account_for(owner).sell(owner, *args, **kwargs)

    def _account_for(self, owner):
        """Return the first account; refuse an owner whose `close()` Backtrader sizes by the sum of several."""
        if len(self.accounts) > 1 and not getattr(owner, "sizes_by_first_account", False):
            raise ArgumentError(
                f"{type(owner).__name__} has {len(self.accounts)} accounts, and its plain orders would be sized by all"
                " of them: derive it from backtrader_walkforward.PlainOrders, or send orders to"
                " self.broker.accounts[...]"
            )
        return self._first

    def cancel(self, order):
        """Cancel `order` in the account that holds it."""
        return self.accounts[order.info.account].cancel(order)
