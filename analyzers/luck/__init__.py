"""How much of a ranking is luck, a test a file, and the verdict on all of them."""

from analyzers.luck.appraisal import trial_ratios
from analyzers.luck.judge import judge
from analyzers.luck.result import Luck, TrialRatios, VariantLuck

__all__ = ["Luck", "TrialRatios", "VariantLuck", "judge", "trial_ratios"]
