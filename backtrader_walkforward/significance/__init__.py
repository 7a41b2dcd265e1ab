"""How much of a ranking is luck, a test a file, and the verdict on all of them."""

from backtrader_walkforward.significance.appraisal_ratio import trial_ratios
from backtrader_walkforward.significance.assess import judge
from backtrader_walkforward.significance.result import Luck, TrialRatios, VariantLuck

__all__ = ["Luck", "TrialRatios", "VariantLuck", "judge", "trial_ratios"]
