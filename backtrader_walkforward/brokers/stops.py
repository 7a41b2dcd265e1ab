"""Distances from the entry price at which a position is closed."""

import math
from dataclasses import dataclass, fields
from numbers import Real

from backtrader_walkforward.errors import ArgumentError

LIMITS = {"stop_loss": 1.0, "trailing_stop": 1.0, "take_profit": math.inf}
"""The limit that each share must stay below."""


@dataclass(frozen=True)
class Stops:
    """Distances at which a position is closed, as shares of its entry price; None where there is no such order.

    The entry price is the average price of the shares held, as Backtrader's `position.price` has it: adding to a
    position moves it, taking from it does not.

    Attributes
    ----------
    stop_loss : float, optional
        A stop this far on the losing side of the entry price, in (0, 1).
    trailing_stop : float, optional
        A stop this far behind the best of the entry price and the closes since, in (0, 1).
    take_profit : float, optional
        A limit this far on the winning side, above 0; at 1 and more a short has none, as no price is negative.

    Raises
    ------
    ArgumentError
        If a share is out of its range.
    """

    stop_loss: float | None = None
    trailing_stop: float | None = None
    take_profit: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            share, limit = getattr(self, field.name), LIMITS[field.name]
            if share is not None and not (isinstance(share, Real) and 0 < float(share) < limit):
                below = " and below 1" if limit == 1 else ""
                raise ArgumentError(
                    f"{field.name} is a share of the entry price and must lie above 0{below}: {share!r}"
                    " - 0.05 stands for 5 %"
                )

    def __bool__(self) -> bool:
        """Tell whether any is set."""
        return not (self.stop_loss is self.trailing_stop is self.take_profit is None)
