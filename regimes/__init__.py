"""Market regimes: what kind of market each day was, told from what was known at its close."""

from regimes.notes import notes_on_regimes, regimes_at_last
from regimes.table import compute_regimes

__all__ = ["compute_regimes", "notes_on_regimes", "regimes_at_last"]
