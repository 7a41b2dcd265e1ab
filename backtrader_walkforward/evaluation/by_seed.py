"""The dispersion of the results over several seeds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backtrader_walkforward.evaluation.result import Comparison


class Range(NamedTuple):
    """A figure over several seeds."""

    lowest: float
    median: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class SeedDispersion:
    """The results of the same walk-forward with several seeds."""

    seeds: tuple[int, ...]
    """The first is the run's own."""
    best: tuple[str, ...]
    """The best variant with each seed."""
    total_return: dict[str, Range]
    """By the names of the variants."""
    sharpe: dict[str, Range | None]
    """None for a variant that has no Sharpe ratio with some seed."""

    @property
    def best_changes(self) -> bool:
        """Whether another seed makes another variant the best."""
        return len(set(self.best)) > 1

    @classmethod
    def of(cls, comparisons: Mapping[int, Comparison]) -> "SeedDispersion":
        """Collect the comparisons by their seeds; all of the same variants."""
        found = [{result.name: result.metrics for result in one.ranked} for one in comparisons.values()]
        by_name = {name: [metrics[name] for metrics in found] for name in found[0]}
        sharpes = {name: [m.sharpe for m in metrics] for name, metrics in by_name.items()}
        return cls(
            seeds=tuple(comparisons),
            best=tuple(one.best.name for one in comparisons.values()),
            total_return={name: range_of(m.total_return for m in metrics) for name, metrics in by_name.items()},
            sharpe={name: None if None in values else range_of(values) for name, values in sharpes.items()},
        )


def range_of(values: Iterable[float]) -> Range:
    """Return the lowest, the median and the highest.

    >>> range_of([3.0, 1.0, 2.0, 5.0])
    Range(lowest=1.0, median=2.5, highest=5.0)
    """
    found = list(values)
    return Range(min(found), float(np.median(found)), max(found))
