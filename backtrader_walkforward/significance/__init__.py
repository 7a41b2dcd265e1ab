"""Significance: the test of skill, the statistics beside it, one file for each, and the verdict."""

from backtrader_walkforward.significance.active_accounts import active_accounts
from backtrader_walkforward.significance.assess import assess_significance
from backtrader_walkforward.significance.result import ActiveAccount, Significance, SkillTest, VariantSignificance

__all__ = [
    "ActiveAccount",
    "Significance",
    "SkillTest",
    "VariantSignificance",
    "active_accounts",
    "assess_significance",
]
