"""Diagnostics: comparisons of the ranking with null models, other seeds, no costs, no stops, and by regime."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from backtrader_walkforward.evaluation.break_even import break_even_bps
from backtrader_walkforward.evaluation.by_regime import RegimeResults
from backtrader_walkforward.evaluation.by_seed import SeedDispersion
from backtrader_walkforward.evaluation.forecast.importance import Importance
from backtrader_walkforward.evaluation.null_percentiles import NullModels
from backtrader_walkforward.evaluation.result import BacktestResult, Comparison, Metrics


@dataclass(frozen=True)
class WithoutCosts:
    """One variant without costs, and the cost that it could bear."""

    metrics: Metrics
    """The figures without costs."""
    break_even_bps: float | None
    """Cost of a trade, in basis points of the value traded and with no other cost, at which it earns nothing."""
    break_even_against_benchmark_bps: float | None
    """The same for ending where buy & hold does."""

    @classmethod
    def by_name(cls, free: Comparison) -> dict[str, Self]:
        """Return that of each variant of a run without costs, buy & hold among them."""
        hold = free.benchmark
        return {
            one.name: cls(one.metrics, break_even_bps(one), break_even_bps(one, hold) if one is not hold else None)
            for one in free.results
        }


@dataclass(frozen=True, kw_only=True)
class Diagnostics:
    """Comparisons with the ranking; None where one was not asked for."""

    null_models: NullModels | None = None
    """Strategies without information, run through the same broker."""
    seeds: SeedDispersion | None = None
    """The same walk-forward with other seeds."""
    costs: Mapping[str, WithoutCosts] | None = None
    """The same run without costs, by variant; None where nothing costs anything."""
    stops: Mapping[str, BacktestResult] | None = None
    """The same run without stops, by variant; None where no stop was on."""
    regimes: tuple[RegimeResults, ...] | None = None
    """The results in each market regime."""
    importance: Importance | None = None
    """How much worse the forecast is where a feature is permuted."""
