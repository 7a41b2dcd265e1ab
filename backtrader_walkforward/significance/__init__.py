"""Significance: statistical tests of a ranking, one file for each, and the verdict on all of them."""

from backtrader_walkforward.significance.appraisal_ratio import trial_ratios
from backtrader_walkforward.significance.assess import assess_significance
from backtrader_walkforward.significance.result import ActiveAccount, Significance, TrialRatios, VariantSignificance

__all__ = ["ActiveAccount", "Significance", "TrialRatios", "VariantSignificance", "assess_significance", "trial_ratios"]
