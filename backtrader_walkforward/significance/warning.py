"""What an warning looks at, and what it says."""

from dataclasses import dataclass

from backtrader_walkforward.evaluation.forecast_accuracy import ForecastSkill
from backtrader_walkforward.evaluation.result import BacktestResult


@dataclass(frozen=True)
class ResultWarning:
    """A sentence to read beside the verdict."""

    text: str
    disqualifies: bool


@dataclass(frozen=True, kw_only=True)
class WarningInputs:
    """What the warnings look at; None where it is not known.

    `needed_days` is the winner's minimum track record length, `best_changes_with_seed` whether another seed makes
    another variant the best, `out_of_range` the share of test feature values outside the training range.
    """

    best: BacktestResult
    needed_days: float | None = None
    forecast: ForecastSkill | None = None
    out_of_range: float | None = None
    best_changes_with_seed: bool | None = None
