"""Named, separately funded accounts inside one Cerebro."""

from backtrader_walkforward.brokers.account import Account
from backtrader_walkforward.brokers.account_group import AccountGroup
from backtrader_walkforward.brokers.commission import TradingCosts
from backtrader_walkforward.brokers.exit_orders import Stops
from backtrader_walkforward.brokers.sub_account_broker import SubAccountBroker

__all__ = ["Account", "AccountGroup", "Stops", "SubAccountBroker", "TradingCosts"]
