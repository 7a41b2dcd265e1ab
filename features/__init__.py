"""Technical indicators: prices in, 31 numbers a day and time frame out."""

from features.table import FEATURE_NAMES, WARM_UP
from features.timeframes import compute_features, warm_up

__all__ = ["FEATURE_NAMES", "WARM_UP", "compute_features", "warm_up"]
