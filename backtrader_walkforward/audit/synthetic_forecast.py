"""Synthetic forecasts for the variants that the run's own forecasts leave in cash."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from backtrader_walkforward.audit.audited_run import AuditedRun

LEAST_SPREAD = 2.0
"""Least standard deviation of a synthetic forecast, in thresholds: it gives a signal on three days of five."""


def with_synthetic_forecast(run: AuditedRun, names: Collection[str]) -> AuditedRun:
    """Return `run` with the variants of these names alone, and random forecasts.

    The forecasts are normal, with the standard deviation of the daily returns, and reproducible.
    """
    close, settings = run.prices["Close"], run.stages.settings
    spread = max(close.pct_change().std(), LEAST_SPREAD * settings.trading.threshold)
    predicted = np.random.default_rng(settings.forecast.seed).normal(0, spread, len(run.table))
    price = close.loc[run.table.index] * (1 + predicted)
    table = run.table.assign(predicted_return=predicted, predicted_close=price)
    variants = tuple(variant for variant in run.stages.variants if variant.name in names)
    return replace(
        run,
        stages=replace(run.stages, variants=variants),
        forecasts=replace(run.forecasts, table=table),
        signals=run.stages.signals(run.prices, run.features, table),
    )
