"""The effects of costs and of stops: each variant beside itself without them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from backtrader_walkforward.evaluation.break_even import break_even_bps
from backtrader_walkforward.evaluation.result import BacktestResult, Comparison, CostTotals, Metrics


@dataclass(frozen=True)
class VariantCosts:
    """The costs of one variant.

    Attributes
    ----------
    totals : CostTotals
        The amount of each cost, in money.
    capital : float
        Capital at the start.
    before : Metrics
        The figures of the same run without costs.
    break_even_bps : float or None
        Cost of a trade, in basis points of the value traded and with no other cost, at which it earns nothing.
    break_even_against_benchmark_bps : float or None
        The same for ending where buy & hold does.
    """

    totals: CostTotals
    capital: float
    before: Metrics
    break_even_bps: float | None
    break_even_against_benchmark_bps: float | None

    @classmethod
    def of(cls, after: BacktestResult, before: BacktestResult, benchmark: BacktestResult) -> Self:
        """Compare a result with that of the same variant without costs; `benchmark` is without costs, too."""
        return cls(
            totals=after.costs,
            capital=float(after.equity.iloc[0]),
            before=before.metrics,
            break_even_bps=break_even_bps(before),
            break_even_against_benchmark_bps=break_even_bps(before, benchmark) if before is not benchmark else None,
        )


@dataclass(frozen=True)
class CostReport:
    """The costs of every variant and of the benchmark, by name."""

    variants: Mapping[str, VariantCosts]

    @classmethod
    def of(cls, after: Comparison, before: Comparison) -> Self:
        """Compare a run with the same run without costs."""
        free = {result.name: result for result in before.results}
        paid = after.results
        return cls({result.name: VariantCosts.of(result, free[result.name], before.benchmark) for result in paid})


@dataclass(frozen=True)
class StopsEffect:
    """The effect of stops on one variant.

    Attributes
    ----------
    stopped : mapping of str to int
        Positions closed, by the kinds of stop that are on.
    total_return_without, max_drawdown_without : float
        Those of the same variant with the same forecasts, and no stop.
    saved : float
        Total return with stops less that without: above 0 they saved money, below 0 they cost some.
    """

    stopped: Mapping[str, int]
    total_return_without: float
    max_drawdown_without: float
    saved: float

    @classmethod
    def of(cls, result: BacktestResult, without: BacktestResult) -> Self:
        """Compare a variant with itself without stops."""
        other = without.metrics
        return cls(
            stopped=result.stopped,
            total_return_without=other.total_return,
            max_drawdown_without=other.max_drawdown,
            saved=result.metrics.total_return - other.total_return,
        )
