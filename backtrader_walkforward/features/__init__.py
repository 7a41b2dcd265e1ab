"""Technical indicators: prices in, 31 numbers a day and time frame out."""

from backtrader_walkforward.features.indicators import FEATURE_NAMES, WARM_UP
from backtrader_walkforward.features.timeframes import complete_days, complete_rows, compute_features, warm_up

__all__ = ["FEATURE_NAMES", "WARM_UP", "complete_days", "complete_rows", "compute_features", "warm_up"]
