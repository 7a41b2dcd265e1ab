"""Forecasts of the next bar: predictors, and the walk-forward that keeps them honest."""

from backtrader_walkforward.forecasting.cache.cache import ForecastStore
from backtrader_walkforward.forecasting.members import (
    find_predictors,
    in_words,
    make_predictor,
    members_of,
    walk_forward_of,
)
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import WalkForward, required_rows
from backtrader_walkforward.forecasting.walk_forward_forecast import Forecasts, forecast

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
