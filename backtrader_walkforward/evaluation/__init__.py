"""Evaluation: metrics, results and comparisons, as plain functions of plain data."""

from backtrader_walkforward.evaluation.comparison import Comparison
from backtrader_walkforward.evaluation.cost_report import CostReport, VariantCosts
from backtrader_walkforward.evaluation.forecast_accuracy import ForecastSkill, ForecastSummary, measure_forecast
from backtrader_walkforward.evaluation.forecast_tests import ForecastTest
from backtrader_walkforward.evaluation.live_vs_backtest import LiveRecord, LiveVariant
from backtrader_walkforward.evaluation.performance import measure_performance
from backtrader_walkforward.evaluation.result import BacktestResult, CostTotals, Metrics
from backtrader_walkforward.evaluation.stops_effect import StopsEffect

__all__ = [
    "BacktestResult",
    "Comparison",
    "CostReport",
    "CostTotals",
    "ForecastSkill",
    "ForecastSummary",
    "ForecastTest",
    "LiveRecord",
    "LiveVariant",
    "Metrics",
    "StopsEffect",
    "VariantCosts",
    "measure_forecast",
    "measure_performance",
]
