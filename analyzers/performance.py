"""Return and risk of one equity curve."""

import backtrader as bt

from backtrader_walkforward import Metric
from backtrader_walkforward.evaluation import measure_performance
from backtrader_walkforward.trading.recorders import EquityCurve, cash_rate_of


class Performance(bt.Analyzer):
    """Measures return, volatility, risk-adjusted return and drawdown; `evaluation.metrics` defines each figure.

    `bankrupt` is the first day on which an account of a sizing strategy had lost all its equity. A plain broker of
    Backtrader's trades on with a debt, and has none.
    """

    metrics = {
        "total_return": Metric("percent", "Return", position=1),
        "annual_return": Metric("percent", position=2, in_ranking=False),
        "annual_volatility": Metric("percent", position=3, in_ranking=False),
        "sharpe": Metric("number", position=4),
        "sortino": Metric("number", position=5, in_ranking=False),
        "calmar": Metric("number", position=6, in_ranking=False),
        "max_drawdown": Metric("percent", position=7),
        "max_drawdown_days": Metric("count", position=8, in_ranking=False),
        "winning_days": Metric("percent", position=10, in_ranking=False),
        "final_value": Metric("number", position=15, in_ranking=False),
        "bankrupt": Metric("date", position=16, in_ranking=False),
    }

    def __init__(self):
        self._curve = EquityCurve.of(self.strategy)

    def start(self):
        """Read the interest rate of the cash."""
        self._cash_rate = cash_rate_of(self.strategy)

    def stop(self):
        """Read the day of bankruptcy from the broker."""
        self._bankrupt = getattr(self.strategy.broker, "bankrupt", None)

    def get_analysis(self):
        """Return the figures by name, None where undefined: returns on what was there, the value with cash added."""
        curve = self._curve.get_analysis()
        own = {"final_value": float(curve["equity"].iloc[-1]), "bankrupt": self._bankrupt}
        return measure_performance(curve["growth"], self._cash_rate, curve["bars_a_year"]) | own
