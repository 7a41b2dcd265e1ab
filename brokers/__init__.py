"""Named, separately funded accounts inside one Cerebro."""

from brokers.account import Account
from brokers.account_group import AccountGroup
from brokers.stops import Stops
from brokers.sub_account_broker import SubAccountBroker
from brokers.trading_costs import TradingCosts

__all__ = ["Account", "AccountGroup", "Stops", "SubAccountBroker", "TradingCosts"]
