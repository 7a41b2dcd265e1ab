"""The effect of stops on a variant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from backtrader_walkforward.evaluation.result import BacktestResult


@dataclass(frozen=True)
class StopsEffect:
    """The effect of stops on one variant.

    Attributes
    ----------
    fired : mapping of str to int
        Positions closed, by the kinds of stop that are on.
    total_return_without, max_drawdown_without : float
        Those of the same variant with the same forecasts, and no stop.
    saved : float
        Total return with stops less that without: above 0 they saved money, below 0 they cost some.
    """

    fired: Mapping[str, int]
    total_return_without: float
    max_drawdown_without: float
    saved: float

    @classmethod
    def of(cls, result: BacktestResult, without: BacktestResult) -> Self:
        """Compare a variant with itself without stops."""
        other = without.metrics
        return cls(
            fired=result.stopped,
            total_return_without=other.total_return,
            max_drawdown_without=other.max_drawdown,
            saved=result.metrics.total_return - other.total_return,
        )
