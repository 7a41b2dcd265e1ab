"""The weights of a strategy that were not traded as it decided them."""

from dataclasses import dataclass, field
from datetime import date

ROUNDING = 1e-9
"""What a weight may exceed 1 by, as it is rounded."""


@dataclass
class Decisions:
    """What a strategy decided and did not get, day by day as it runs.

    Attributes
    ----------
    beyond : list of (date, float, float)
        Weights above 1 or below -1 that it returned, and the weight that was taken for each.
    short : list of date
        Days of a weight from -1 to 0 that was taken as 0, as there are no short positions.
    filtered : list of date
        Days on which the regime filter left nothing of a weight.
    reads_signal : bool
        Whether it asked for its signal, which is 0 where no forecast passes its threshold.
    """

    beyond: list[tuple[date, float, float]] = field(default_factory=list)
    short: list[date] = field(default_factory=list)
    filtered: list[date] = field(default_factory=list)
    reads_signal: bool = False

    def note_limited(self, day: date, weight: float, allowed: float) -> None:
        """Keep a weight that is not traded as it is: it is beyond 1, or below 0 without short positions."""
        if abs(weight) > 1 + ROUNDING:
            self.beyond.append((day, weight, allowed))
        elif weight < 0:
            self.short.append(day)
