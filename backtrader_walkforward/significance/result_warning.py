"""Warnings on a result, and the facts that they are made from."""

from dataclasses import dataclass

from backtrader_walkforward.evaluation import BacktestResult, ForecastSkill


@dataclass(frozen=True)
class ResultWarning:
    """A sentence below the verdict. With a warning that disqualifies, a run is no evidence of skill."""

    text: str
    disqualifies: bool


@dataclass(frozen=True, kw_only=True)
class WarningInputs:
    """The facts that the warnings look at; a fact that is None triggers no warning.

    Attributes
    ----------
    best : BacktestResult
        The variant that ranks first.
    needed_days : float, optional
        Its minimum track record length.
    forecast : ForecastSkill, optional
    out_of_range : float, optional
        Share of the test rows' feature values outside the range of the training rows.
    best_changes_with_seed : bool, optional
        Whether another variant ranks first with another seed.
    """

    best: BacktestResult
    needed_days: float | None = None
    forecast: ForecastSkill | None = None
    out_of_range: float | None = None
    best_changes_with_seed: bool | None = None
