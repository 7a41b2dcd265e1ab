"""What a report says about a run beside its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation import CostReport, ForecastSkill
    from backtrader_walkforward.evaluation.by_regime import RegimeResults
    from backtrader_walkforward.evaluation.by_seed import SeedDispersion
    from backtrader_walkforward.evaluation.null_percentiles import NullModels
    from backtrader_walkforward.evaluation.stops_effect import StopsEffect
    from backtrader_walkforward.significance import Significance


@dataclass(frozen=True, kw_only=True)
class ForecastSummary:
    """How the forecasts were made, how far they missed, and the next one.

    `train_sequences` and `test_sequences` are shapes: (windows, bars a window, features), those of the first fold and
    of all forecasts. `epochs` are the passes over the training windows, fold by fold, `out_of_range` the share of the
    test rows' feature values outside what their fold was trained on. `next_session` holds `forecast_date` (the close it
    was made at), `predicted_return` and `predicted_close`.
    """

    train_sequences: tuple[int, ...]
    test_sequences: tuple[int, ...]
    folds: int
    epochs: tuple[int, ...]
    out_of_range: float
    skill: ForecastSkill
    next_session: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What was run.

    `first_date`, `last_date` and `rows` are those of the prices; the days traded come with the results. `source` is
    the label a reader sees, `settings` the settings that decide the results as plain JSON values, `notes` warnings of
    one line each. `null_models` and `seeds` are None where they were not asked for, `regimes` where none was asked for or
    filtered by, `stops` (by the variant's name) where no stop was on.
    """

    ticker: str
    source: str
    first_date: date
    last_date: date
    rows: int
    seed: int
    data_sha256: str
    settings: Mapping[str, Any]
    forecast: ForecastSummary
    significance: Significance
    null_models: NullModels | None = None
    seeds: SeedDispersion | None = None
    stops: Mapping[str, StopsEffect] | None = None
    costs: CostReport | None = None
    regimes: tuple[RegimeResults, ...] | None = None
    notes: tuple[str, ...] = ()
