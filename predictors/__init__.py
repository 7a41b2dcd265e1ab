"""Forecasts of the next bar: predictors, and the walk-forward that keeps them honest."""

from predictors.base import Predictor
from predictors.catalogue import find_predictors, in_words, make_predictor, members_of, walk_forward_of
from predictors.forecasts import Forecasts, forecast
from predictors.store import ForecastStore
from predictors.walk_forward import WalkForward, required_rows

__all__ = [
    "ForecastStore",
    "Forecasts",
    "Predictor",
    "WalkForward",
    "find_predictors",
    "forecast",
    "in_words",
    "make_predictor",
    "members_of",
    "required_rows",
    "walk_forward_of",
]
