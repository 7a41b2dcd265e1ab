"""The test of skill on a paper record."""

import numpy as np
import pandas as pd

from backtrader_walkforward.data.prices import rescaled
from backtrader_walkforward.evaluation import Comparison, measure_forecast
from backtrader_walkforward.forecasting import HORIZONS, target_of
from backtrader_walkforward.forecasting.windows import next_return
from backtrader_walkforward.live.paper.corporate_actions import growth_of
from backtrader_walkforward.live.paper.record import AccountTables
from backtrader_walkforward.significance import Significance, assess_significance
from backtrader_walkforward.significance.result import FEWEST_DAYS
from backtrader_walkforward.significance.verdict.answer import NOTHING
from backtrader_walkforward.study import Stages
from backtrader_walkforward.system.text import pluralize


def forecasts_of(comparison: Comparison, tables: AccountTables, stages: Stages) -> pd.DataFrame:
    """Return the signals of the days of trading, each with its fold."""
    days = comparison.benchmark.equity.index
    return tables.signals.loc[days].assign(fold=np.arange(len(days)) // stages.settings.forecast.retrain_every)


def significance_of_ledger(comparison: Comparison, tables: AccountTables, stages: Stages) -> Significance:
    """Return the significance of the record; one that is too short has no more than a headline and its reason.

    The trials are the variants of the ledger: no other trial traded these days.
    """
    forecasts = forecasts_of(comparison, tables, stages)
    if len(forecasts) <= FEWEST_DAYS:
        sessions = pluralize(len(forecasts) - 1, "session")
        reason = f"The record is too short for a verdict: {sessions} of paper trading."
        verdict = f"{NOTHING}.\n{reason}"
        return Significance(headline=NOTHING, reason=reason, verdict=verdict)
    growth = growth_of(tables.signals, tables.actions).loc[forecasts.index]
    prices = rescaled(forecasts, growth, volume=False)
    target = target_of(stages.settings)
    skill = measure_forecast(forecasts, next_return(prices, target), HORIZONS[target])
    return assess_significance(comparison, skill, seed=stages.settings.forecast.seed)
