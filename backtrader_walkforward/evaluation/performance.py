"""The metrics of one equity curve as a mapping, for the analyzer `Performance` and for anybody with a curve."""

from typing import Any

import pandas as pd

import backtrader_walkforward.evaluation.metrics as measures


def measure_performance(equity: pd.Series, cash_rate: float = 0.0) -> dict[str, Any]:
    """Return the metrics that follow from the equity curve and the yearly interest on cash alone."""
    returns, excess = measures.daily_returns(equity), measures.excess_returns(equity, cash_rate)
    return {
        "total_return": measures.total_return(equity),
        "annual_return": measures.annual_return(equity),
        "annual_volatility": measures.annual_volatility(returns),
        "sharpe": measures.sharpe(excess),
        "sortino": measures.sortino(excess),
        "calmar": measures.calmar(equity),
        "max_drawdown": measures.max_drawdown(equity),
        "max_drawdown_days": measures.max_drawdown_days(equity),
        "winning_days": measures.winning_days(returns),
        "final_value": float(equity.iloc[-1]),
    }
