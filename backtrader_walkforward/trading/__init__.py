"""Sizing strategies, one small file each: a class found here is run, ranked and reported."""

from backtrader_walkforward.trading.sizing_strategy import SizingStrategy, StrategyError

__all__ = ["SizingStrategy", "StrategyError"]
