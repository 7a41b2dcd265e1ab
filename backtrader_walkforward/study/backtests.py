"""From forecasts to ranked results and recorded trials, and notes on what happened on the way."""

from dataclasses import dataclass

import pandas as pd

from backtrader_walkforward.backtest import notes_on
from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.forecasting import Forecasts
from backtrader_walkforward.regimes import notes_on_regimes
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import filters_of
from backtrader_walkforward.significance import TrialRatios
from backtrader_walkforward.significance.trials import TrialRegistry, trials_of
from backtrader_walkforward.study.stages import Stages


@dataclass(frozen=True)
class BacktestRun:
    """The signals that one seed's forecasts give, and the variants that traded them."""

    signals: pd.DataFrame
    comparison: Comparison


def run_variants(prices: Prices, features: pd.DataFrame, forecasts: Forecasts, stages: Stages) -> BacktestRun:
    """Trade the forecasts with every variant and rank the results."""
    signals = stages.signals(prices.frame, features, forecasts.table)
    return BacktestRun(signals, stages.compare(signals))


def record_trials(
    runs_by_seed: dict[int, BacktestRun], stages: Stages, prices: Prices, settings: Settings
) -> tuple[int | None, tuple[TrialRatios, ...], list[str]]:
    """Record the trials of every seed, as those of `settings`.

    Returns
    -------
    trials : int or None
        Distinct trials of the ticker by now, None where that is unknown.
    others : tuple of TrialRatios
        Those that are not in the ranking.
    notes : list of str
    """
    registry = TrialRegistry(settings.machine.cache_dir)
    by_seed = {
        seed: trials_of(backtest.comparison, stages.variants, settings.replace(seed=seed), prices)
        for seed, backtest in runs_by_seed.items()
    }
    trials = registry.record([trial for own in by_seed.values() for trial in own])
    others = () if trials is None else registry.others(settings.data.ticker, by_seed[settings.forecast.seed])
    return trials, others, registry.notes


def notes_of(backtest: BacktestRun, stages: Stages) -> tuple[str, ...]:
    """Return a line on each event in the accounts, on unknown regimes and filters, and on seeds without effect."""
    settings, forecast = stages.settings, stages.settings.forecast
    on_regimes = notes_on_regimes(backtest.signals, filters_of(stages.variants, settings))
    notes = (*notes_on(backtest.comparison.results, settings), *on_regimes)
    if forecast.seeds == 1 or any(member.is_random for member in stages.members):
        return notes
    return (
        *notes,
        f"{forecast.predictor} forecasts the same with any seed: that {forecast.seeds} seeds agree says nothing",
    )
