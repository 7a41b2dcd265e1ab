"""Forecasts of the next bar: the `Predictor` contract, walk-forward, ensembles and the cache of fits."""

from backtrader_walkforward.forecasting.ensemble import (
    as_text,
    ensemble_members,
    find_predictors,
    make_predictor,
    target_of,
    walk_forward_of,
    with_typed_parameters,
)
from backtrader_walkforward.forecasting.forecasts import Forecasts
from backtrader_walkforward.forecasting.pooled.forecast import forecast_pooled
from backtrader_walkforward.forecasting.pooled.rows import History
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import WalkForward, required_rows
from backtrader_walkforward.forecasting.walk_forward_forecast import forecast
from backtrader_walkforward.forecasting.windows import HORIZONS

__all__ = [
    "HORIZONS",
    "Forecasts",
    "History",
    "Predictor",
    "WalkForward",
    "as_text",
    "ensemble_members",
    "find_predictors",
    "forecast",
    "forecast_pooled",
    "make_predictor",
    "required_rows",
    "target_of",
    "walk_forward_of",
    "with_typed_parameters",
]
