"""How much of the equity is at work."""

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import metrics as measures
from backtrader_walkforward.trading.equity_curve import EquityCurve
from backtrader_walkforward.trading.fills import Fills
from backtrader_walkforward.trading.recording_analyzer import Recorder, accounts_of


class Exposure(Recorder):
    """Records position value / equity at each close, the target weights, and what was turned over.

    `weights` are a sizing strategy's own (`strategy.weight`); for other strategies they are the exposure.
    """

    def __init__(self):
        self._curve, self._fills = EquityCurve.of(self.strategy), Fills.of(self.strategy)

    def start(self):
        """Start without a day."""
        self._books, self._close = list(accounts_of(self.strategy).values()), self.data.close
        self._positions, self._weights = [], []

    def record(self):
        """Record one close."""
        size = sum([book.getposition(self.data).size for book in self._books])
        self._positions.append(size * self._close[0])
        self._weights.append(getattr(self.strategy, "weight", None))

    def stop(self):
        """Let go of what an optimization does not hand back."""
        del self._books, self._close

    def get_analysis(self):
        """Return the series `exposure` and `weights`, and the figures `mean_exposure` and `turnover`."""
        equity = self._curve.get_analysis()["equity"]
        shares = np.divide(self._positions, equity, out=np.zeros(len(equity)), where=equity.to_numpy() > 0)
        exposure = pd.Series(shares, equity.index, name="exposure")
        weights = pd.Series(self._weights, equity.index, dtype=float, name="weights")
        return {
            "exposure": exposure,
            "weights": weights.fillna(exposure),
            "mean_exposure": measures.mean_exposure(exposure),
            "turnover": measures.turnover(self._fills.get_analysis(), equity),
        }
