"""Sizing strategies, one small file each: a class found here is run, ranked and reported."""

from strategies.base import SizingStrategy, StrategyError

__all__ = ["SizingStrategy", "StrategyError"]
