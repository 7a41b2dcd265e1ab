"""The trials of the ticker, this run included, and the significance of the result given all of them."""

from dataclasses import dataclass

from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import Comparison, ForecastSummary, SeedDispersion
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance, TrialRatios, assess_significance
from backtrader_walkforward.significance.trials import TrialRegistry, trials_of
from backtrader_walkforward.study.backtests import BacktestRun
from backtrader_walkforward.study.stages import Stages


@dataclass(frozen=True)
class TrialCount:
    """All trials of the ticker, those of earlier runs too.

    Attributes
    ----------
    trials : int or None
        Distinct trials, None where that is unknown.
    others : tuple of TrialRatios
        Those that are not in the ranking.
    notes : tuple of str
    """

    trials: int | None
    others: tuple[TrialRatios, ...]
    notes: tuple[str, ...]


def record_trials(
    runs_by_seed: dict[int, BacktestRun], stages: Stages, prices: Prices, counted_as: Settings | None = None
) -> TrialCount:
    """Record the trials of every seed, and return all that the ticker has by now.

    Parameters
    ----------
    counted_as : Settings, optional
        The settings that make the trials what they are, where they are not those of the study.
    """
    settings = counted_as or stages.settings
    registry = TrialRegistry(settings.machine.cache_dir)
    by_seed = {
        seed: trials_of(backtest.comparison, stages.variants, settings.replace(seed=seed), prices)
        for seed, backtest in runs_by_seed.items()
    }
    trials = registry.record([trial for own in by_seed.values() for trial in own])
    others = () if trials is None else registry.others(settings.data.ticker, by_seed[settings.forecast.seed])
    return TrialCount(trials, others, tuple(registry.notes))


def assess(
    comparison: Comparison,
    forecast: ForecastSummary,
    trials: TrialCount,
    settings: Settings,
    seeds: SeedDispersion | None = None,
) -> Significance:
    """Return how much of the ranking luck and the market explain, all trials counted."""
    return assess_significance(
        comparison,
        forecast.skill,
        trials=trials.trials,
        others=trials.others,
        seed=settings.forecast.seed,
        out_of_range=forecast.out_of_range,
        best_changes_with_seed=seeds.best_changes if seeds else None,
    )
