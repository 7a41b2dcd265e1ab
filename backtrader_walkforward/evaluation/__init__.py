"""Evaluation: metrics, results and comparisons, as plain functions of plain data."""

from backtrader_walkforward.evaluation.by_regime import RegimeResults, results_by_regime
from backtrader_walkforward.evaluation.by_seed import Range, SeedDispersion
from backtrader_walkforward.evaluation.diagnostics import Diagnostics, WithoutCosts
from backtrader_walkforward.evaluation.forecast.accuracy import correlation, measure_forecast
from backtrader_walkforward.evaluation.forecast.calibration import calibrate, errors_by_fold
from backtrader_walkforward.evaluation.forecast.fold_summary import (
    FoldSummary,
    LearningCurve,
    learning_table,
    summarize_folds,
)
from backtrader_walkforward.evaluation.forecast.forecast_skill import ForecastSkill
from backtrader_walkforward.evaluation.forecast.forecast_summary import ForecastSummary
from backtrader_walkforward.evaluation.forecast.forecast_tests import ForecastTest
from backtrader_walkforward.evaluation.forecast.importance import Importance, measure_importance
from backtrader_walkforward.evaluation.live_vs_backtest import LiveRecord, LiveVariant
from backtrader_walkforward.evaluation.metrics import measure_performance, monthly_returns
from backtrader_walkforward.evaluation.null_percentiles import (
    ConstantPosition,
    NullBand,
    NullModelPercentile,
    NullModels,
)
from backtrader_walkforward.evaluation.result import (
    BacktestResult,
    Comparison,
    CostTotals,
    Metrics,
    by_sharpe,
    no_flows,
)

__all__ = [
    "BacktestResult",
    "Comparison",
    "ConstantPosition",
    "CostTotals",
    "Diagnostics",
    "FoldSummary",
    "ForecastSkill",
    "ForecastSummary",
    "ForecastTest",
    "Importance",
    "LearningCurve",
    "LiveRecord",
    "LiveVariant",
    "Metrics",
    "NullBand",
    "NullModelPercentile",
    "NullModels",
    "Range",
    "RegimeResults",
    "SeedDispersion",
    "WithoutCosts",
    "by_sharpe",
    "calibrate",
    "correlation",
    "errors_by_fold",
    "learning_table",
    "measure_forecast",
    "measure_importance",
    "measure_performance",
    "monthly_returns",
    "no_flows",
    "results_by_regime",
    "summarize_folds",
]
