"""Backtrader analyzers, the plain functions behind them, and what the figures are worth."""

from analyzers.closed_trades import ClosedTrades
from analyzers.comparison import Comparison
from analyzers.cost_report import CostReport, VariantCosts
from analyzers.costs import Costs
from analyzers.equity_curve import EquityCurve
from analyzers.exposure import Exposure
from analyzers.fills import Fills, RejectedOrders
from analyzers.forecast_skill import ForecastSkill, measure_forecast
from analyzers.forecast_tests import ForecastTest
from analyzers.live import LiveRecord, LiveVariant
from analyzers.luck import Luck, TrialRatios, VariantLuck, judge, trial_ratios
from analyzers.performance import Performance, measure_performance
from analyzers.result import BacktestResult, CostTotals, Metrics
from analyzers.stops import Stopped, StopsEffect

__all__ = [
    "BacktestResult",
    "ClosedTrades",
    "Comparison",
    "CostReport",
    "CostTotals",
    "Costs",
    "EquityCurve",
    "Exposure",
    "Fills",
    "ForecastSkill",
    "ForecastTest",
    "LiveRecord",
    "LiveVariant",
    "Luck",
    "Metrics",
    "Performance",
    "RejectedOrders",
    "Stopped",
    "StopsEffect",
    "TrialRatios",
    "VariantCosts",
    "VariantLuck",
    "judge",
    "measure_forecast",
    "measure_performance",
    "trial_ratios",
]
