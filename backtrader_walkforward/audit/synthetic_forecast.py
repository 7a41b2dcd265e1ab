"""A drawn forecast for the variants that the run's own leaves in cash: what never orders has shown nothing."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from backtrader_walkforward.audit.audited_run import AuditedRun

BEYOND_THRESHOLD = 2.0
"""Least standard deviation of a drawn forecast, in thresholds: it then gives a signal on three days of five."""


def synthetic_forecast(run: AuditedRun, names: Collection[str]) -> AuditedRun:
    """Return `run` with the variants of these names alone, and random forecasts in place of its own.

    They are drawn from a normal distribution with the standard deviation of the daily returns, the same ones every
    time.
    """
    close, settings = run.prices["Close"], run.stages.settings
    spread = max(close.pct_change().std(), BEYOND_THRESHOLD * settings.trading.threshold)
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
