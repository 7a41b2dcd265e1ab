"""Named, separately funded accounts inside one Cerebro."""

from brokers.account import Account
from brokers.account_group import AccountGroup
from brokers.sub_account_broker import SubAccountBroker

__all__ = ["Account", "AccountGroup", "SubAccountBroker"]
