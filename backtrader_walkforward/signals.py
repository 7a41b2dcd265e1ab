"""Signals: the bars that strategies trade, each with what was known at its close."""

from collections.abc import Iterable

import pandas as pd

from backtrader_walkforward.forecasting import walk_forward_of
from backtrader_walkforward.regimes import compute_regimes
from backtrader_walkforward.regimes.notes import Rules
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.regime_filter import RegimeFilter
from backtrader_walkforward.trading.variants import Variant, default_of, overrides_default


def build_signals(
    prices: pd.DataFrame,
    features: pd.DataFrame,
    forecasts: pd.DataFrame,
    settings: Settings,
    variants: Iterable[Variant],
) -> pd.DataFrame:
    """Return `signals_frame` with the regimes that the settings and the variants ask for."""
    kinds = kinds_of_regimes(settings, variants)
    start = walk_forward_of(settings), forecasts.index[0]
    regimes = compute_regimes(kinds, prices["Close"], features, *start) if kinds else None
    return signals_frame(prices, features, forecasts, regimes)


def kinds_of_regimes(settings: Settings, variants: Iterable[Variant]) -> set[str]:
    """Return the kinds of regime to compute: those to report, and those that a filter names."""
    filters = [settings.trading.regime_filter, *filters_of(variants, settings).values()]
    return set(settings.trading.regimes).union(*(RegimeFilter(rules).kinds for rules in filters))


def filters_of(variants: Iterable[Variant], settings: Settings) -> dict[str, Rules]:
    """Return the filters in use: that of the run under an empty name, a strategy's own under its name."""
    active = {variant.strategy_name: variant.strategy for variant in variants if variant.active_share}
    own = {name: strategy for name, strategy in active.items() if overrides_default(strategy, "regime_filter")}
    shared = {"": settings.trading.regime_filter} if len(own) < len(active) else {}
    return shared | {
        name: RegimeFilter(default_of(strategy, "regime_filter"), label=f"{strategy.__name__}.regime_filter").rules
        for name, strategy in own.items()
    }


def signals_frame(
    prices: pd.DataFrame, features: pd.DataFrame, forecasts: pd.DataFrame, regimes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return all bars with the lines of `ForecastFeed`; bars before the first forecast have NaN.

    Each row holds what is known at its close: `median_volatility` is the median of the volatilities up to that row,
    those of the training rows included. `forecast_spread` is 0 where the forecasts are those of one predictor.
    `regimes` are those of `compute_regimes`; without them there is no such line.
    """
    volatility = features["volatility"]
    lines = forecasts[["predicted_return", "predicted_close"]].assign(
        forecast_spread=forecasts.get("forecast_spread", 0.0)
    )
    known = prices.assign(volatility=volatility, median_volatility=volatility.expanding().median()).join(lines)
    return known if regimes is None else known.join(regimes)
