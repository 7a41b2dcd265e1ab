"""Null models: strategies without information, run through the same broker at the same costs."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.backtest import equity_curves
from backtrader_walkforward.evaluation import (
    BacktestResult,
    Comparison,
    ConstantPosition,
    NullModelPercentile,
    NullModels,
)
from backtrader_walkforward.evaluation.null_percentiles import hybrid_sharpes, percentile_among
from backtrader_walkforward.null_models.cache import null_model_key, pack, unpack
from backtrader_walkforward.settings.settings import STOPS, Settings
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy
from backtrader_walkforward.trading.variants import Variant


class FixedWeights(SizingStrategy):
    """Hold the weights of a schedule, one for each day."""

    schedule: Sequence[float] = ()
    day = -1

    def target_weight(self) -> float:
        """Return the weight of the day."""
        self.day += 1
        return self.schedule[self.day]


def fixed_variant(name: str, schedule: Sequence[float] | np.ndarray) -> Variant:
    """Return a variant that holds the weights of `schedule` from the first day with a forecast."""
    return Variant(name, type("FixedWeights", (FixedWeights,), {"schedule": schedule}))


@dataclass(frozen=True)
class StrategyWeights:
    """A strategy without a passive part, and its target weights (days,): the basis of its null models."""

    variant: Variant
    weights: np.ndarray


def run_null_models(
    signals: pd.DataFrame,
    variants: Iterable[Variant],
    comparison: Comparison,
    settings: Settings,
    executor: Executor | None = None,
    cache: Cache | None = None,
) -> NullModels:
    """Run the null models and return the percentile of each variant among them.

    Parameters
    ----------
    signals : DataFrame
        Prices and forecasts, as `build_signals` returns them.
    variants : iterable of Variant
        The variants that were compared; each strategy is also among them without a passive part.
    comparison : Comparison
        Their results.
    settings : Settings
        The trading settings, the seed and `null_models`, the number of draws of each kind, are used.
    executor : Executor, optional
        Runs the draws, with the interface of `concurrent.futures.Executor`; this process by default.
    cache : Cache, optional
        Curves of earlier runs.
    """
    by_name, hold = {result.name: result for result in comparison.ranked}, comparison.benchmark.equity
    pairs = [(variant, by_name[variant.name]) for variant in variants]
    pure = [
        StrategyWeights(variant, result.weights.to_numpy()) for variant, result in pairs if variant.active_share == 1
    ]
    curves = curves_of(signals, pure, settings, executor, cache)
    long, short = constants(signals, len(hold), settings)
    return NullModels(
        draws=settings.report.null_models,
        always_long=long,
        always_short=short,
        percentiles={
            variant.name: percentiles_of(
                result,
                hybrid_sharpes(curves[variant.strategy_name], hold, variant.active_share, settings.trading.cash_rate),
            )
            for variant, result in pairs
        },
    )


def curves_of(
    signals: pd.DataFrame,
    pure: list[StrategyWeights],
    settings: Settings,
    executor: Executor | None,
    cache: Cache | None,
) -> dict[str, np.ndarray]:
    """Return the equity of each strategy's null models, (2 draws, days), by its name, from the cache or a new run."""
    keys = {
        one.variant.strategy_name: null_model_key(signals, one.variant.strategy, one.weights, settings) for one in pure
    }
    stored = {key: unpack(payload) for key, payload in (cache.get(keys.values()) if cache else {}).items()}
    missing = [one for one in pure if keys[one.variant.strategy_name] not in stored]
    for one, curves in zip(missing, new_curves(signals, missing, settings, executor), strict=True):
        stored[keys[one.variant.strategy_name]] = curves
        if cache:
            cache.put(keys[one.variant.strategy_name], pack(curves), one.variant.strategy_name)
    return {name: stored[key] for name, key in keys.items()}


def new_curves(
    signals: pd.DataFrame, pure: list[StrategyWeights], settings: Settings, executor: Executor | None
) -> Iterable[np.ndarray]:
    """Run the null models: shuffled forecasts for all strategies together, shifted weights for each by itself."""
    if not pure:
        return []
    run = map if executor is None else executor.map
    shuffled = run(
        partial(shuffled_curves, signals, [one.variant for one in pure], settings),
        range(settings.report.null_models),
    )
    shifted = run(partial(shifted_curves, signals, settings), [one.weights for one in pure])
    by_strategy = np.array(list(shuffled)).swapaxes(0, 1)
    return (np.concatenate(both) for both in zip(by_strategy, shifted, strict=True))


def shuffled_curves(signals: pd.DataFrame, variants: list[Variant], settings: Settings, draw: int) -> list[np.ndarray]:
    """Return each variant's equity on the forecasts in the random order of a draw; the spreads move with them."""
    known = signals.index[signals["predicted_return"].notna()]
    order = np.random.default_rng([settings.forecast.seed, draw]).permutation(len(known))
    drawn = signals.loc[known].filter(items=["predicted_return", "forecast_spread"]).iloc[order].set_axis(known)
    shuffled = signals.assign(**drawn, predicted_close=signals["Close"] * (1 + drawn["predicted_return"]))
    return [equity.to_numpy() for equity in equity_curves(shuffled, variants, settings)]


def shifted_curves(signals: pd.DataFrame, settings: Settings, weights: np.ndarray) -> list[np.ndarray]:
    """Return the equity of the weights, shifted in a circle by random numbers of days."""
    starts = np.random.default_rng(settings.forecast.seed).integers(
        1, max(2, len(weights)), settings.report.null_models
    )
    shifted = [fixed_variant(f"shifted_{draw}", np.roll(weights, start)) for draw, start in enumerate(starts)]
    return [equity.to_numpy() for equity in fixed_weight_curves(signals, shifted, settings)]


def constants(signals: pd.DataFrame, days: int, settings: Settings) -> list[ConstantPosition]:
    """Return the results of always long and always short."""
    held = [fixed_variant(f"always_{weight:+d}", [weight] * days) for weight in (1, -1)]
    return [
        ConstantPosition.of(equity, settings.trading.cash_rate)
        for equity in fixed_weight_curves(signals, held, settings)
    ]


def fixed_weight_curves(signals: pd.DataFrame, variants: list[Variant], settings: Settings) -> list[pd.Series]:
    """Return the equity of variants of `fixed_variant`, from the first forecast on: they need no warm-up."""
    traded = signals.loc[signals["predicted_return"].first_valid_index() :]
    return equity_curves(traded, variants, as_decided(settings))


def as_decided(settings: Settings) -> Settings:
    """Return the settings under which weights are traded unchanged: without stops, regime filter and short ban."""
    free: dict[str, Any] = dict.fromkeys(STOPS)
    return settings.replace(allow_short=True, regime_filter=(), **free)


def percentiles_of(result: BacktestResult, drawn: Sequence[float | None]) -> NullModelPercentile:
    """Return the percentiles of a variant's Sharpe ratio among those of its null models."""
    half = len(drawn) // 2
    sharpe = result.metrics.sharpe
    return NullModelPercentile(
        shuffled=percentile_among(sharpe, drawn[:half]), shifted_positions=percentile_among(sharpe, drawn[half:])
    )
