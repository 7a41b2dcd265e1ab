"""Technical indicators: prices in, 31 numbers a day out."""

from features.table import FEATURE_NAMES, WARM_UP, compute_features

__all__ = ["FEATURE_NAMES", "WARM_UP", "compute_features"]
