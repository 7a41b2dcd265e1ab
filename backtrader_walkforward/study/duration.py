"""How long a run takes, roughly, from the size of its work. Machines and their load differ by half or twice of it."""

from datetime import date

import pandas as pd

from backtrader_walkforward.data.frequency import DAYS, TRADING_DAYS
from backtrader_walkforward.forecasting import HORIZONS, WalkForward, target_of
from backtrader_walkforward.forecasting.handover import handover_of
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.plugins import snake_case
from backtrader_walkforward.settings.groups import ForecastSettings
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.stages import Stages

RUN, TICKER = 6.0, 1.0
"""Seconds of a run for its start, prices, chart and pages; and of one more ticker of a panel."""

ACCOUNT_BAR = 1e-4
"""Seconds for one account on one bar."""

SHEET = 1.5
"""Seconds for a tear sheet."""

WINDOW = {"lstm": 0.07, "boosting": 4e-4}
"""Seconds of a fit for each training window; of the LSTM that of the default network.

Measured: first runs of two years (133 s) and of ten (15 minutes) on two cores, and a panel (docs, Speed and scale).
"""

OTHER_WINDOW = 1e-4
"""The same for `ridge`, and where nothing is known."""

USUAL_EPOCHS = 10
"""Epochs after which a search of the default network ends early."""

PART = {"learning_rates": 0.45, "initial_weights": 0.25}
"""Work of a fit that takes over an earlier one's epochs or weights, over that of a fit that takes over nothing."""


def seconds_of_run(stages: Stages, days: pd.DatetimeIndex) -> float:
    """Return the seconds of the run of a ticker with these complete days, of which no fit is stored."""
    settings = stages.settings
    variants, tested = len(stages.variants), tested_rows(stages, days)
    sheets = {"all": variants - 1, "best": 1, "none": 0}[settings.report.tearsheets]
    draws = variants * tested * (1 + settings.report.null_models) * ACCOUNT_BAR
    shared = len(settings.all_seeds) * seconds_of_fits(stages, days) + draws + sheets * SHEET
    return RUN + shared / settings.machine.workers


def seconds_of_panel(stages: Stages, tickers: int) -> float:
    """Return the seconds of a panel of so many tickers; a pooled fit takes as long as those of all its tickers."""
    days = days_of_panel(stages.settings)
    traded = len(stages.variants) * tested_rows(stages, days) * ACCOUNT_BAR
    a_ticker = TICKER + traded + seconds_of_fits(stages, days)
    return RUN + tickers * a_ticker / stages.settings.machine.workers


def days_of_panel(settings: Settings) -> pd.DatetimeIndex:
    """Return the days that a ticker of a panel has, roughly: its prices are not read yet."""
    _, last = settings.data.days or (None, settings.data.end or date.today())
    return pd.bdate_range(end=last, periods=round(settings.data.period * TRADING_DAYS / DAYS))


def tested_rows(stages: Stages, days: pd.DatetimeIndex) -> int:
    """Return the number of days that are forecast."""
    return max(0, len(days) - stages.walk_forward.first_test_of(days))


def seconds_of_fits(stages: Stages, days: pd.DatetimeIndex) -> float:
    """Return the seconds of all fits of one seed in one process; with importance each is made twice."""
    walk, settings, tested = stages.walk_forward, stages.settings, tested_rows(stages, days)
    folds = -(-tested // walk.retrain_every)
    windows = max(0, len(days) - tested // 2 - walk.lookback - HORIZONS[target_of(settings)])
    trained = min(windows, walk.train_window or windows)
    fits = ((whole_fits(member, walk, folds), seconds_of_window(member, settings)) for member in stages.members)
    once = trained * sum(count * seconds for count, seconds in fits)
    return once * (2 if settings.report.importance else 1)


def whole_fits(member: Predictor, walk: WalkForward, folds: int) -> float:
    """Return the number of folds of a predictor, where one that takes over something counts in part."""
    handovers = (handover_of(member, walk, fold) for fold in range(folds))
    return sum(1.0 if one is None or one.earlier is None else PART[one.parameter] for one in handovers)


def seconds_of_window(member: Predictor, settings: Settings) -> float:
    """Return the seconds that a training window adds to a fit of a predictor."""
    name = snake_case(type(member).__name__)
    return WINDOW.get(name, OTHER_WINDOW) * (size_of_network(settings.forecast) if name == "lstm" else 1.0)


def size_of_network(settings: ForecastSettings) -> float:
    """Return the work of an LSTM as a multiple of the default one: units squared, days of a window and epochs."""
    usual = ForecastSettings()
    units = sum(one**2 for one in settings.units) / sum(one**2 for one in usual.units)
    return units * settings.lookback / usual.lookback * min(1.0, settings.epochs / USUAL_EPOCHS)
