"""Return and risk of one equity curve."""

import backtrader as bt

from backtrader_walkforward.evaluation.performance import measure_performance
from backtrader_walkforward.trading.equity_curve import EquityCurve
from backtrader_walkforward.trading.recording_analyzer import cash_rate_of


class Performance(bt.Analyzer):
    """Total and annual return, volatility, Sharpe, Sortino, Calmar, maximum drawdown and its length, winning days."""

    def __init__(self):
        self._curve = EquityCurve.of(self.strategy)

    def start(self):
        """Read what cash bears."""
        self._cash_rate = cash_rate_of(self.strategy)

    def get_analysis(self):
        """Return the measures by name, None where undefined."""
        return measure_performance(self._curve.get_analysis()["equity"], self._cash_rate)
