"""Checks of the features and of the forecasts."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.finding import Finding, count_numbers, first_difference
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory
from backtrader_walkforward.system.cache import Cache

FORECASTS = ["predicted_return", "forecast_spread"]
"""Columns that are compared; only an ensemble has the second."""

MOST_DAYS = 600
"""Most days whose features are computed from a history that ends on that day; drawn at random from a longer history."""


def check_features_day_by_day(run: AuditedRun) -> Iterator[Finding]:
    """Compare each day's features with those of a history that ends on that day.

    A few dates are not enough: a back-fill shows only on days with a missing value.
    """
    days = np.arange(len(run.prices))
    if len(days) > MOST_DAYS:
        days = np.sort(np.random.default_rng(run.stages.settings.forecast.seed).choice(days, MOST_DAYS, replace=False))
    known = pd.concat([run.stages.features(run.prices.iloc[: day + 1]).iloc[-1:] for day in days])
    yield from compare_columns("feature", run.features.iloc[days], known, "differs when the history ends on that day")


def check_features(run: AuditedRun, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare the features up to the date with those of the perturbed history."""
    yield from compare_columns("feature", run.features.loc[: history.date], history.features, history.failure)


def compare_columns(stage: str, before: pd.DataFrame, after: pd.DataFrame, failure: str) -> Iterator[Finding]:
    """Compare two tables, a finding for each column of the first."""
    for name in before:
        date = first_difference(before[name], after[name]) if name in after else before.index[0]
        yield Finding(stage, str(name), count_numbers(before[name]), failure if date is not None else "", date)


def check_forecasts(run: AuditedRun, history: PerturbedHistory, cache: Cache, same_rows: bool) -> Iterator[Finding]:
    """Compare the forecasts up to the date with those from the perturbed history.

    They are compared twice: with fits from the cache, which stores a fit by the bytes of its input, and with new fits
    up to the end of the fold of the date, which show what a predictor reads besides its input. New fits are made
    always if a fit takes no epochs, else once, in the first fold, which has the fewest training rows.

    Parameters
    ----------
    same_rows : bool
        Whether the perturbed history gives the same training rows. If not, the predictor is not checked.
    """
    name, fold = run.stages.settings.forecast.predictor, int(run.table["fold"].loc[history.date])
    if not same_rows:
        yield Finding("predictor", name, 0, reason="its training rows differ from those of the run")
        return
    if not run.has_cheap_fits:
        yield _compare_forecasts(run, history, "predictor", history.date, cache)
    if run.has_cheap_fits or (fold == 0 and history.is_cut_off):
        yield _compare_forecasts(run, history, "predictor, new fit", run.days_of(fold)[-1], None)


def _compare_forecasts(
    run: AuditedRun, history: PerturbedHistory, stage: str, last_day: pd.Timestamp, cache: Cache | None
) -> Finding:
    close, features = history.prices["Close"].loc[:last_day], history.true_features.loc[:last_day]
    after = run.stages.forecasts(close, features, cache).table
    before = run.table.filter(items=FORECASTS).loc[: history.date]
    date = first_difference(before, after.filter(items=FORECASTS))
    failure = history.failure if date is not None else ""
    return Finding(stage, run.stages.settings.forecast.predictor, count_numbers(before), failure, date)
