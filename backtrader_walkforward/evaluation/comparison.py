"""The comparison of all variants: a ranking and a benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass

from backtrader_walkforward.evaluation.result import BacktestResult

DIGITS = 9
"""Decimals that count in a comparison; the rest is rounding."""


def sharpe_order(result: BacktestResult) -> tuple[bool, float, str]:
    """Return a sort key: highest Sharpe first, undefined last, names in order among equals."""
    sharpe = result.metrics.sharpe
    return sharpe is None, -round(sharpe or 0.0, DIGITS), result.name


@dataclass(frozen=True)
class Comparison:
    """All variants ranked by Sharpe ratio, beside the benchmark."""

    ranked: tuple[BacktestResult, ...]
    benchmark: BacktestResult

    @classmethod
    def of(cls, results: Sequence[BacktestResult], benchmark: BacktestResult) -> "Comparison":
        """Rank `results`."""
        return cls(tuple(sorted(results, key=sharpe_order)), benchmark)

    @property
    def results(self) -> tuple[BacktestResult, ...]:
        """All results, ranked, the benchmark last."""
        return (*self.ranked, self.benchmark)

    @property
    def best(self) -> BacktestResult:
        """The variant with the highest Sharpe ratio."""
        return self.ranked[0]

    def beats_benchmark(self, result: BacktestResult) -> bool:
        """Tell whether `result` earned more than the benchmark."""
        return round(result.metrics.total_return - self.benchmark.metrics.total_return, DIGITS) > 0
