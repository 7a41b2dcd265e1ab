"""Trading: the bases of strategies, the feed of forecasts, and the recording of equity and fills."""

from backtrader_walkforward.trading.account_strategy import AccountStrategy, StrategyError
from backtrader_walkforward.trading.plain_orders import PlainOrders
from backtrader_walkforward.trading.ranking_strategy import RankingStrategy
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy

__all__ = ["AccountStrategy", "PlainOrders", "RankingStrategy", "SizingStrategy", "StrategyError"]
