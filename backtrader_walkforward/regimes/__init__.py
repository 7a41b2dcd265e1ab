"""Market regimes: the state of the market on each day, from data known at its close."""

from backtrader_walkforward.regimes.compute import compute_regimes
from backtrader_walkforward.regimes.notes import notes_on_regimes, regimes_at_last

__all__ = ["compute_regimes", "notes_on_regimes", "regimes_at_last"]
