"""What is checked from the prices to the forecasts: features, training rows, predictor."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.audited_run import AuditedRun
from backtrader_walkforward.audit.finding import Finding, finite, first_difference
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory
from backtrader_walkforward.forecasting import ForecastCache

FORECASTS = ["predicted_return", "forecast_spread"]
"""What is forecast: the columns that tell; the second is there for an ensemble alone."""

MOST_DAYS = 600
"""Days on which the features are computed as they were on the day itself; of a longer history a random choice."""


def check_features_day_by_day(run: AuditedRun) -> Iterator[Finding]:
    """Compare each day's features with those of a history that ends on that day.

    Not on a few dates only: a back-fill shows nowhere but where something was missing.
    """
    days = np.arange(len(run.prices))
    if len(days) > MOST_DAYS:
        days = np.sort(np.random.default_rng(run.stages.settings.forecast.seed).choice(days, MOST_DAYS, replace=False))
    known = pd.concat([run.stages.features(run.prices.iloc[: day + 1]).iloc[-1:] for day in days])
    yield from _compared("feature", run.features.iloc[days], known, "is not what it was when the history ended there")


def check_features(run: AuditedRun, history: PerturbedHistory) -> Iterator[Finding]:
    """Compare the features up to the date with those computed from the other history."""
    yield from _compared("feature", run.features.loc[: history.date], history.features, history.failure)


def _compared(stage: str, past: pd.DataFrame, again: pd.DataFrame, failure: str) -> Iterator[Finding]:
    """Compare two tables column by column."""
    for name in past:
        date = first_difference(past[name], again[name]) if name in again else past.index[0]
        yield Finding(stage, str(name), finite(past[name]), failure if date is not None else "", date)


def check_forecasts(
    run: AuditedRun, history: PerturbedHistory, store: ForecastCache, trained_alike: bool
) -> Iterator[Finding]:
    """Compare the forecasts up to the date with those made from the other history.

    From the store, which knows a fit by the bytes it was given: nothing is fitted that was fitted on the very same
    ones. And fitted anew up to the end of the fold that holds the date, for what a predictor takes by itself is in no
    key: always if a fit takes no epochs, else once, in the first fold, which has the fewest rows to train on.
    """
    name, fold = run.stages.settings.forecast.predictor, int(run.table["fold"].loc[history.date])
    if not trained_alike:
        yield Finding("predictor", name, 0, reason="it is given training rows that are not those of the run")
        return
    if not run.is_solved_at_once:
        yield _same_forecasts(run, history, "predictor", history.date, store)
    if run.is_solved_at_once or (fold == 0 and history.is_cut_off):
        yield _same_forecasts(run, history, "predictor, fitted anew", run.days_of(fold)[-1], None)


def _same_forecasts(
    run: AuditedRun, history: PerturbedHistory, stage: str, last_day: pd.Timestamp, store: ForecastCache | None
) -> Finding:
    close, features = history.prices["Close"].loc[:last_day], history.true_features.loc[:last_day]
    again = run.stages.forecasts(close, features, store).table
    past = run.table.filter(items=FORECASTS).loc[: history.date]
    date = first_difference(past, again.filter(items=FORECASTS))
    return Finding(
        stage, run.stages.settings.forecast.predictor, finite(past), history.failure if date is not None else "", date
    )
