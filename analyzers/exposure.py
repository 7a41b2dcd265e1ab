"""How much of the equity is at work."""

import backtrader as bt
import pandas as pd

from analyzers import measures
from analyzers.equity_curve import EquityCurve, dates_of
from analyzers.fills import Fills


class Exposure(bt.Analyzer):
    """Records position value / equity at each close, the target weights, and what was turned over.

    `weights` are a sizing strategy's own (`strategy.weight`); for other strategies they are the exposure.
    """

    def __init__(self):
        self._curve = EquityCurve()
        self._fills = Fills()

    def start(self):
        """Start without a day."""
        self._dates, self._exposure, self._weights = [], [], []

    def next(self):
        """Record one close."""
        value = self.strategy.broker.getvalue()
        position = self.strategy.broker.getposition(self.data).size * self.data.close[0]
        exposure = position / value if value > 0 else 0.0
        self._dates.append(self.data.datetime[0])
        self._exposure.append(exposure)
        self._weights.append(getattr(self.strategy, "weight", exposure))

    def get_analysis(self):
        """Return the series `exposure` and `weights`, and the figures `mean_exposure` and `turnover`."""
        index = dates_of(self._dates)
        exposure = pd.Series(self._exposure, index, dtype=float, name="exposure")
        equity = self._curve.get_analysis()["equity"]
        return {
            "exposure": exposure,
            "weights": pd.Series(self._weights, index, dtype=float, name="weights"),
            "mean_exposure": measures.mean_exposure(exposure),
            "turnover": measures.turnover(self._fills.get_analysis(), equity),
        }
