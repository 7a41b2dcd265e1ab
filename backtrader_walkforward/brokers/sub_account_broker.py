"""Many separately funded accounts inside one Cerebro."""

import warnings
from typing import Self

import backtrader as bt

from backtrader_walkforward.brokers.account import Account
from backtrader_walkforward.brokers.account_group import AccountGroup, total_position
from backtrader_walkforward.errors import ArgumentError


class SubAccountBroker(bt.brokers.BackBroker):
    """A Backtrader broker in which each strategy trades accounts of its own.

    ::

        cerebro.setbroker(SubAccountBroker(cash=100_000))
        cerebro.addstrategy(Kelly, active_share=0.3)      # 30,000 traded, 70,000 held
        cerebro.addstrategy(Binary)                       # 100,000 of its own

    It is a plain `BackBroker` whose settings (cash, commission, slippage, `coc`) every account opened in it copies.
    Its own value, cash and positions are the sums over all accounts. Without accounts it is a plain Backtrader broker.
    If some strategies have accounts, a strategy without accounts cannot trade.

    Parameters
    ----------
    cash : float
        Capital of each strategy, not of all together.
    whole_shares : bool
        Round target positions to whole shares, those of the day where a feed has the line `lot_size`. Fractions by
        default, so that small accounts trade too.
    cash_rate : float
        Yearly interest on the cash of each account, except the proceeds of short sales: 0.02 is 2 %.
    margin_rate : float
        Yearly interest on what an account owes: money lent for purchases, and proceeds of short sales that it spent.
    rebalance_band : float
        Share of a position up to which its difference from the target weight is not traded.
    min_order : float
        Value below which an order by target weight is not sent, unless it closes or reverses a position.
    """

    params = dict(cash=100_000.0, whole_shares=False, cash_rate=0.0, margin_rate=0.0, rebalance_band=0.0, min_order=0.0)

    @classmethod
    def of(cls, cerebro: bt.Cerebro) -> Self:
        """Return the Cerebro's sub-account broker; replace a plain broker by one with equal settings."""
        broker = cerebro.broker
        if isinstance(broker, cls):
            return broker
        if type(broker) is not bt.brokers.BackBroker:
            raise ArgumentError(
                f"sizing strategies trade in a SubAccountBroker, found a {type(broker).__name__}: "
                "call cerebro.setbroker(SubAccountBroker())"
            )
        successor = cls(**vars(broker.p))
        successor.comminfo = broker.comminfo
        cerebro.setbroker(successor)
        return successor

    def init(self):
        """Start over without accounts; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self.accounts: list[Account] = []
        self._runs = False

    def start(self):
        """Begin a run, in which the capital of the accounts is fixed."""
        super().start()
        self._runs = True

    def stop(self):
        """End the run; warn of positions whose data ended before others."""
        super().stop()
        self._runs = False
        for account in self.accounts:
            warn_of_ended_data(account)

    def open_accounts(self, owner: bt.Strategy, shares: dict[str, float]) -> AccountGroup:
        """Open one account for each named share of the capital and return them as the owner's broker.

        Parameters
        ----------
        owner : bt.Strategy
            Who trades the accounts.
        shares : dict of str to float
            Share of the capital by account name, each above 0.

        Raises
        ------
        ArgumentError
            If a share is not above 0, or they do not add up to 1.
        """
        if min(shares.values()) <= 0 or abs(sum(shares.values()) - 1) > 1e-12:
            raise ArgumentError(f"shares of the capital must be above 0 and add up to 1: {shares}")
        group = AccountGroup(self._open_account(owner, name, share * self.p.cash) for name, share in shares.items())
        self.accounts.extend(group.accounts.values())
        return group

    def _open_account(self, owner, name, cash):
        account = Account(**vars(self.p) | {"owner": owner, "name": name, "cash": cash})
        account.comminfo = self.comminfo
        account.notifs = self.notifs  # one queue, so that Cerebro delivers every account's orders to their owner
        return account

    def submit(self, order, check=True):
        """Take an order of a strategy without accounts, unless others have some: it would trade with their money.

        Raises
        ------
        ArgumentError
            If other strategies have accounts here.
        """
        if self.accounts and order.exectype != order.Historical:
            raise ArgumentError(
                f"{type(order.owner).__name__} has no account in a SubAccountBroker whose money is other strategies': "
                "run it in a Cerebro of its own, or let it open_accounts()"
            )
        return super().submit(order, check=check)

    def add_cash(self, cash):
        """Add cash to a broker without accounts, as Backtrader does; while a run has accounts, refuse as they do.

        What is added before a run is forgotten, as in Backtrader: it begins with the parameter `cash`.
        """
        if self._runs and self.accounts:
            self.accounts[0].add_cash(cash)
        super().add_cash(cash)

    def set_cash(self, cash):
        """Set the capital of each strategy in the next run; refuse while a run has accounts."""
        if self._runs and self.accounts:
            self.accounts[0].set_cash(cash)
        super().set_cash(cash)

    setcash = set_cash

    def next(self):
        """Process the bar in every account."""
        super().next()
        for account in self.accounts:
            account.next()

    @property
    def _accounts(self):
        traded_in_itself = self.orders or not self.accounts
        return [super(), *self.accounts] if traded_in_itself else self.accounts

    def get_cash(self):
        """Return the cash of all accounts."""
        return sum(account.get_cash() for account in self._accounts)

    getcash = get_cash

    def get_value(self, datas=None, mkt=False, lever=False):
        """Return the equity of all accounts, or the value of their positions in `datas`."""
        return sum(account.get_value(datas, mkt, lever) for account in self._accounts)

    getvalue = get_value

    def getposition(self, data):
        """Return the position in `data` over all accounts."""
        return total_position(self._accounts, data)


def warn_of_ended_data(account: Account) -> None:
    """Warn of each position whose data ended before other data of an owner that does not close it.

    With `exactbars=True` Backtrader has dropped the last bar by now, and with it the day.
    """
    if getattr(account.p.owner, "closes_ended_positions", False):
        return
    datas = enumerate(account.p.owner.datas)
    ends = {number: data for number, data in datas if 0 <= data.datetime.idx < len(data.datetime.array)}
    last = max((data.datetime.date(0) for data in ends.values()), default=None)
    for number, data in ends.items():
        position = account.getposition(data)
        if position.size and data.datetime.date(0) < last:
            warnings.warn(
                f"{type(account.p.owner).__name__} holds {position.size:,.6g} of data{number}, which ends on"
                f" {data.datetime.date(0)}, before others: they stay in the equity at that close, {data.close[0]:,.6g},"
                " and no order for them fills",
                stacklevel=2,
            )
