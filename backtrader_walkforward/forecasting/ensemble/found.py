"""The predictors that are there, by the names that users type."""

from typing import Any

import backtrader_walkforward.predictors
from backtrader_walkforward.forecasting import predictor_call
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.plugins import Plugins, find_subclasses


def find_predictors() -> Plugins[Predictor]:
    """Return every predictor class in `predictors/`, by the name that users type."""
    return find_subclasses(backtrader_walkforward.predictors, Predictor)  # type: ignore[type-abstract]


def make_predictor(name: str, **settings: Any) -> Predictor:
    """Return a predictor with the settings that it takes; `mean` has no `epochs`, for example.

    Raises
    ------
    ArgumentError
        If no file in `predictors/` defines `name`.
    UserError
        If its file cannot be imported.
    PredictorError
        If it does not keep the contract: nothing is fetched or trained then.
    """
    return predictor_call.build(find_predictors().chosen(name, "--predictor names no predictor:"), **settings)
