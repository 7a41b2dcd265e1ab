"""Trading: sizing strategies, the feed of forecasts, and the recording of equity and fills."""

from backtrader_walkforward.trading.sizing_strategy import SizingStrategy, StrategyError

__all__ = ["SizingStrategy", "StrategyError"]
