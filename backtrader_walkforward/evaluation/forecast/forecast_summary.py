"""The forecasts of a run in short: how they were made, how far they missed, and the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backtrader_walkforward.data.frequency import TRADING_DAYS
from backtrader_walkforward.evaluation.forecast.fold_summary import FoldSummary
from backtrader_walkforward.evaluation.forecast.forecast_skill import ForecastSkill


@dataclass(frozen=True, kw_only=True)
class ForecastSummary:
    """How the forecasts were made, how far they missed, and the next one.

    `train_sequences` and `test_sequences` are shapes: (windows, bars a window, features), those of the first fold and
    of all forecasts. `by_fold` are the fits, one by one. `next_session` holds `forecast_date` (the close it
    was made at), `predicted_return` and `predicted_close`. `target` is that of the predictors. `correlations` are those
    of the forecast with the return to the next close ("return") and with what a position earns ("traded"), None where
    one of them does not move.
    """

    train_sequences: tuple[int, ...]
    test_sequences: tuple[int, ...]
    by_fold: tuple[FoldSummary, ...]
    skill: ForecastSkill
    next_session: Mapping[str, Any]
    target: str
    correlations: Mapping[str, float | None]
    bars_a_year: int = TRADING_DAYS

    @property
    def folds(self) -> int:
        """Number of folds."""
        return len(self.by_fold)

    @property
    def epochs(self) -> tuple[int, ...]:
        """Passes over the training windows, fold by fold."""
        return tuple(one.epochs for one in self.by_fold)

    @property
    def out_of_range(self) -> float:
        """Share of the inputs of all test rows beyond what their fold was trained on."""
        return float(np.average([one.out_of_range for one in self.by_fold], weights=[one.days for one in self.by_fold]))
