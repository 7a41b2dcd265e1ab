"""Exposure: the share of the equity that is invested."""

import numpy as np
import pandas as pd

from backtrader_walkforward import Metric
from backtrader_walkforward.evaluation import metrics as measures
from backtrader_walkforward.trading.recorders import EquityCurve, Fills, Recorder, accounts_of


class Exposure(Recorder):
    """Records position value / equity at each close, the target weights and the turnover.

    The weights are a sizing strategy's own (`strategy.weight`); for other strategies they are the exposure.
    """

    metrics = {"exposure": Metric("percent", position=13), "turnover": Metric(position=14, in_ranking=False)}

    def __init__(self):
        self._curve, self._fills = EquityCurve.of(self.strategy), Fills.of(self.strategy)

    def start(self):
        """Start with empty records."""
        self._accounts, self._close = list(accounts_of(self.strategy).values()), self.data.close
        self._positions, self._weights = [], []

    def record(self):
        """Record one close."""
        size = sum([account.getposition(self.data).size for account in self._accounts])
        self._positions.append(size * self._close[0])
        self._weights.append(getattr(self.strategy, "weight", None))

    def stop(self):
        """Drop what cannot be sent from one process to another, for `optstrategy`."""
        del self._accounts, self._close

    def get_analysis(self):
        """Return the series `daily` and `weights`, and the figures `exposure`, a mean, and `turnover`."""
        equity = self._curve.get_analysis()["equity"]
        shares = np.divide(self._positions, equity, out=np.zeros(len(equity)), where=equity.to_numpy() > 0)
        daily = pd.Series(shares, equity.index, name="exposure")
        weights = pd.Series(self._weights, equity.index, dtype=float, name="weights")
        return {
            "daily": daily,
            "weights": weights.fillna(daily),
            "exposure": measures.mean_exposure(daily),
            "turnover": measures.turnover(self._fills.get_analysis(), equity),
        }
