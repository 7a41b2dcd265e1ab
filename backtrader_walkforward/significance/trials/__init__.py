"""Trials: every distinct active account that was ever tested, and which of them a test counts."""

from backtrader_walkforward.significance.trials.earlier import Earlier
from backtrader_walkforward.significance.trials.record import record_run
from backtrader_walkforward.significance.trials.registry import TrialRegistry
from backtrader_walkforward.significance.trials.trial import Trial, code_digest, trials_of

__all__ = ["Earlier", "Trial", "TrialRegistry", "code_digest", "record_run", "trials_of"]
