"""The test of skill on a paper record."""

from dataclasses import replace

import numpy as np
import pandas as pd

from backtrader_walkforward.data.prices import rescaled
from backtrader_walkforward.evaluation import Comparison, ForecastSkill, measure_forecast
from backtrader_walkforward.forecasting import HORIZONS, target_of
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.live.paper.corporate_actions import growth_of
from backtrader_walkforward.live.paper.record import AccountTables
from backtrader_walkforward.live.paper.trading import trade
from backtrader_walkforward.significance import Significance, assess_significance
from backtrader_walkforward.significance.verdict.answer import NOTHING
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.text import pluralize

QUARTER = 63
"""Sessions from one verdict to the next."""


def forecasts_of(comparison: Comparison, tables: AccountTables, stages: Stages) -> pd.DataFrame:
    """Return the signals of the days of trading, each with its fold."""
    days = comparison.benchmark.equity.index
    return tables.signals.loc[days].assign(fold=np.arange(len(days)) // stages.settings.forecast.retrain_every)


def significance_of_ledger(comparison: Comparison, tables: AccountTables, stages: Stages) -> Significance:
    """Return the significance of the record up to its last full quarter; before the first one no more than a reason.

    Each quarter before is a look. The days between are none, so that a statement a day costs nothing, and the looks
    follow from the record alone. The trials are the variants of the ledger; what else was tried on these days, as
    before a replay, is not known.
    """
    days = pd.DatetimeIndex(comparison.benchmark.equity.index)
    sessions = len(days) - 1
    ends = range(QUARTER, sessions + 1, QUARTER)
    if not ends:
        traded = f"{pluralize(sessions, 'session')} of paper trading"
        reason = f"Too few days: {traded}. A first verdict comes after {QUARTER} sessions."
        return Significance(headline=NOTHING, reason=reason, verdict=f"{NOTHING}.\n{reason}")
    if ends[-1] < sessions:
        until = tables.before(days[ends[-1] + 1])
        tables, comparison = trade(until.signals, until.actions, stages)
    looks = [days[1 : end + 1] for end in ends[:-1]]
    skill = forecast_skill_of(comparison, tables, stages)
    found = assess_significance(comparison, skill, looks=looks, seed=stages.settings.forecast.seed)
    schedule = f"This verdict is on the first {ends[-1]} sessions; the next one comes after {ends[-1] + QUARTER}."
    return replace(found, verdict=f"{found.verdict} {schedule}")


def forecast_skill_of(comparison: Comparison, tables: AccountTables, stages: Stages) -> ForecastSkill:
    """Return the errors of the forecasts of the days of trading."""
    forecasts = forecasts_of(comparison, tables, stages)
    growth = growth_of(tables.signals, tables.actions).loc[forecasts.index]
    prices = rescaled(forecasts, growth, volume=False)
    target = target_of(stages.settings)
    return measure_forecast(forecasts, next_return(prices, target), HORIZONS[target])
