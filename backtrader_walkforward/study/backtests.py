"""From forecasts to ranked results, and what happened on the way."""

from dataclasses import dataclass

import pandas as pd

from backtrader_walkforward.backtest import notes_on
from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.forecasting import Forecasts
from backtrader_walkforward.regimes import notes_on_regimes
from backtrader_walkforward.signals import filters_of
from backtrader_walkforward.study.stages import Stages


@dataclass(frozen=True)
class BacktestRun:
    """The signals that one seed's forecasts give, and the variants that traded them."""

    signals: pd.DataFrame
    comparison: Comparison

    @property
    def results(self) -> list[BacktestResult]:
        """All results, ranked, buy & hold last."""
        return [*self.comparison.ranked, self.comparison.benchmark]


def run_variants(prices: Prices, features: pd.DataFrame, forecasts: Forecasts, stages: Stages) -> BacktestRun:
    """Trade the forecasts with every variant and rank the results."""
    signals = stages.signals(prices.frame, features, forecasts.table)
    *results, benchmark = stages.results(signals)
    return BacktestRun(signals, Comparison.of(results, benchmark))


def notes_of(backtest: BacktestRun, stages: Stages) -> tuple[str, ...]:
    """Return a line on each event in the accounts, on unknown regimes and filters, and on seeds without effect."""
    on_regimes = notes_on_regimes(backtest.signals, filters_of(stages.variants, stages.settings))
    return (*notes_on(backtest.results, stages.settings), *on_regimes, *notes_on_seeds(stages))


def notes_on_seeds(stages: Stages) -> list[str]:
    """Return a line where several seeds were asked for and the predictor is not random."""
    settings = stages.settings.forecast
    if settings.seeds == 1 or any(member.is_random for member in stages.members):
        return []
    return [f"{settings.predictor} forecasts the same with any seed: that {settings.seeds} seeds agree says nothing"]
