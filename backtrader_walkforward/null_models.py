"""Null models: strategies without information, run through the same broker at the same costs."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.backtest import equity_curves
from backtrader_walkforward.evaluation import (
    Comparison,
    ConstantPosition,
    NullBand,
    NullModelPercentile,
    NullModels,
)
from backtrader_walkforward.evaluation.null_percentiles import hybrid_curves, percentile_among, sharpes_of
from backtrader_walkforward.plugins.source_files import source_files
from backtrader_walkforward.settings.settings import STOPS, Settings
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.cache_key import cache_key
from backtrader_walkforward.trading.sizing_strategy import SizingStrategy
from backtrader_walkforward.trading.variants import Variant

LIBRARIES = ("backtrader", "numpy", "pandas")
"""Libraries that the curves come from, beside the code."""


class FixedWeights(SizingStrategy):
    """Hold the weights of a schedule, one for each day."""

    schedule: Sequence[float] = ()
    day = -1

    def target_weight(self) -> float:
        """Return the weight of the day."""
        self.day += 1
        return self.schedule[self.day]


def fixed_variant(name: str, schedule: Sequence[float] | np.ndarray, active_share: float = 1.0) -> Variant:
    """Return a variant that holds the weights of `schedule` from the first day with a forecast."""
    return Variant(name, type("FixedWeights", (FixedWeights,), {"schedule": schedule}), active_share)


def run_null_models(
    signals: pd.DataFrame,
    variants: Sequence[Variant],
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
    variants : sequence of Variant
        Those that were compared; each strategy is also among them without a passive part.
    comparison : Comparison
        Their results.
    settings : Settings
        The trading settings, the seed and `null_models`, the number of draws of each kind, are used.
    executor : Executor, optional
        Runs the draws, with the interface of `concurrent.futures.Executor`; this process by default.
    cache : Cache, optional
        Curves of earlier runs.
    """
    draws, hold, per_year = settings.report.null_models, comparison.benchmark.equity, comparison.benchmark.bars_a_year
    by_name = {result.name: result for result in comparison.ranked}
    traded = variants if depends_on_size(settings) else [one for one in variants if one.active_share == 1]
    weights = {variant: by_name[variant.name].weights.to_numpy() for variant in traded}
    curves = curves_of(signals, weights, settings, executor, cache)
    long, short = constants(signals, len(hold), per_year, settings)

    days = pd.DatetimeIndex(hold.index)
    drawn = {
        variant.name: curves[variant.name]
        if variant.name in curves
        else hybrid_curves(curves[variant.strategy_name], hold, variant.active_share)
        for variant in variants
    }

    def percentile_of(name: str) -> NullModelPercentile:
        ratios = sharpes_of(drawn[name], days, per_year, settings.trading.cash_rate)
        found = by_name[name].metrics.sharpe
        shuffled, shifted = (percentile_among(found, part) for part in (ratios[:draws], ratios[draws:]))
        return NullModelPercentile(shuffled=shuffled, shifted_positions=shifted)

    return NullModels(
        draws=draws,
        always_long=long,
        always_short=short,
        percentiles={name: percentile_of(name) for name in drawn},
        bands={name: NullBand.of(its[:draws], days) for name, its in drawn.items()},
    )


def depends_on_size(settings: Settings) -> bool:
    """Tell whether an account of a part of the capital trades otherwise than that part of what the whole trades.

    A hybrid's null models are then traded in accounts of its own; else they follow from those of its strategy.
    """
    trading = settings.trading
    return bool(trading.commission_min or trading.min_order or trading.whole_shares)


def curves_of(
    signals: pd.DataFrame,
    weights: Mapping[Variant, np.ndarray],
    settings: Settings,
    executor: Executor | None,
    cache: Cache | None,
) -> dict[str, np.ndarray]:
    """Return the equity of each variant's null models, (2 draws, days), by its name, from the cache or a new run.

    `weights` are the target weights (days,) of each variant.
    """
    draws = settings.report.null_models
    keys = {variant: null_model_key(signals, variant, own, settings) for variant, own in weights.items()}
    payloads = cache.get(keys.values()) if cache else {}
    stored = {key: np.frombuffer(payload).reshape(2 * draws, -1) for key, payload in payloads.items()}
    missing = {variant: own for variant, own in weights.items() if keys[variant] not in stored}
    for variant, curves in zip(missing, new_curves(signals, missing, settings, executor), strict=True):
        stored[keys[variant]] = curves
        if cache:
            cache.put(keys[variant], curves.tobytes(), variant.name)
    return {variant.name: stored[key] for variant, key in keys.items()}


def new_curves(
    signals: pd.DataFrame, weights: Mapping[Variant, np.ndarray], settings: Settings, executor: Executor | None
) -> Iterable[np.ndarray]:
    """Run the null models: shuffled forecasts for all variants together, shifted weights for each by itself."""
    if not weights:
        return []
    run = map if executor is None else executor.map
    shuffled = run(partial(shuffled_curves, signals, list(weights), settings), range(settings.report.null_models))
    shares = [variant.active_share for variant in weights]
    shifted = run(partial(shifted_curves, signals, settings), weights.values(), shares)
    by_variant = np.array(list(shuffled)).swapaxes(0, 1)
    return (np.concatenate(both) for both in zip(by_variant, shifted, strict=True))


def shuffled_curves(signals: pd.DataFrame, variants: list[Variant], settings: Settings, draw: int) -> list[np.ndarray]:
    """Return each variant's equity on the forecasts in the random order of a draw; the spreads move with them."""
    known = signals.index[signals["predicted_return"].notna()]
    order = np.random.default_rng([settings.forecast.seed, draw]).permutation(len(known))
    drawn = signals.loc[known].filter(items=["predicted_return", "forecast_spread"]).iloc[order].set_axis(known)
    shuffled = signals.assign(**drawn, predicted_close=signals["Close"] * (1 + drawn["predicted_return"]))
    return [equity.to_numpy() for equity in equity_curves(shuffled, variants, settings)]


def shifted_curves(
    signals: pd.DataFrame, settings: Settings, weights: np.ndarray, active_share: float = 1.0
) -> list[np.ndarray]:
    """Return the equity of the weights, shifted in a circle by random numbers of days."""
    starts = np.random.default_rng(settings.forecast.seed).integers(
        1, max(2, len(weights)), settings.report.null_models
    )
    shifted = [
        fixed_variant(f"shifted_{draw}", np.roll(weights, start), active_share) for draw, start in enumerate(starts)
    ]
    return [equity.to_numpy() for equity in fixed_weight_curves(signals, shifted, settings)]


def constants(signals: pd.DataFrame, days: int, per_year: int, settings: Settings) -> list[ConstantPosition]:
    """Return the results of always long and always short."""
    held = [fixed_variant(f"always_{weight:+d}", [weight] * days) for weight in (1, -1)]
    return [
        ConstantPosition.of(equity, per_year, settings.trading.cash_rate)
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


def null_model_key(signals: pd.DataFrame, variant: Variant, weights: np.ndarray, settings: Settings) -> str:
    """Return the key of a variant's curves.

    It is made of the signals, the strategy with its parameters, its share of the capital and its target weights, the
    settings, the code and the libraries.
    """
    strategy, own = variant.strategy, {"params": repr(variant.params)} if variant.params else {}
    parts = {
        "signals": signals.to_numpy(dtype=float),
        "days": signals.index.to_numpy().astype("datetime64[D]").astype("<i8"),
        "strategy": f"{strategy.__module__}.{strategy.__qualname__}",
        "active_share": variant.active_share,
        "weights": weights,
        "settings": settings.trial_settings(),
        "draws": settings.report.null_models,
        **own,
    }
    return cache_key(parts, source_files(Path(inspect.getfile(strategy)), Path(__file__)), LIBRARIES)
