"""An ensemble: the predictors that the settings ask for, the mean of their forecasts, and their spread."""

from backtrader_walkforward.forecasting.ensemble.asked import target_of, walk_forward_of
from backtrader_walkforward.forecasting.ensemble.found import find_predictors, make_predictor
from backtrader_walkforward.forecasting.ensemble.mean import mean_and_spread
from backtrader_walkforward.forecasting.ensemble.members import (
    as_members,
    as_text,
    ensemble_members,
    member_seed,
    own_parameters,
    with_typed_parameters,
)

__all__ = [
    "as_members",
    "as_text",
    "ensemble_members",
    "find_predictors",
    "make_predictor",
    "mean_and_spread",
    "member_seed",
    "own_parameters",
    "target_of",
    "walk_forward_of",
    "with_typed_parameters",
]
