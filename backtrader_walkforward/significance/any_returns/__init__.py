"""The test of skill for returns from anywhere."""

from backtrader_walkforward.significance.any_returns.assess import significance_of
from backtrader_walkforward.significance.any_returns.result import ReturnsSignificance

__all__ = ["ReturnsSignificance", "significance_of"]
