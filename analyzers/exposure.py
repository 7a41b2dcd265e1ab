"""Exposure: the share of the equity that is invested."""

import pandas as pd

from backtrader_walkforward import Metric, RankingStrategy
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.evaluation import metrics as measures
from backtrader_walkforward.trading.recorders import EquityCurve, Fills, Recorder, accounts_of


class Exposure(Recorder):
    """Records position value / equity at each close, the target weights and the turnover.

    Net exposure adds long positions and subtracts short ones. Gross exposure adds both, those of each account apart: a
    hybrid that holds 0.5 in one and is short 0.3 in the other has 0.2 net and 0.8 gross. The weights are a sizing
    strategy's own: `strategy.weight` of a sizing strategy, `strategy.weights` of a ranking strategy, with a column for
    each ticker. For other strategies they are the net exposure. A multiplier of data that are traded is refused.
    """

    metrics = {
        "exposure": Metric("percent", position=13),
        "net_exposure": Metric("percent", position=13, in_ranking=False),
        "gross_exposure": Metric("percent", position=13, in_ranking=False),
        "turnover": Metric(position=14, in_ranking=False),
    }

    def __init__(self):
        self._curve, self._fills = EquityCurve.of(self.strategy), Fills.of(self.strategy)

    def start(self):
        """Start with empty records."""
        super().start()
        self._accounts = list(accounts_of(self.strategy).values())
        ranks = isinstance(self.strategy, RankingStrategy)
        self._tickers = sorted(self.strategy.getdatanames()) if ranks else []

    def notify_order(self, order):
        """Refuse data whose position is worth a multiple of its size x price, once they are traded."""
        mult = 1 if order.data in self._traded else self.strategy.broker.getcommissioninfo(order.data).p.mult
        if mult != 1:
            raise ArgumentError(
                f"exposure and turnover are those of size x price, found mult={mult:g}: leave the analyzer Exposure out"
            )
        super().notify_order(order)

    def record(self):
        """Return the value of the positions, net and gross, and the target weight, or those by ticker."""
        net = gross = 0.0
        for account in self._accounts:
            for data, position in account.positions.items():
                if position.size:
                    value = position.size * data.close[0]
                    net += value
                    gross += abs(value)
        return net, gross, self.strategy.weights if self._tickers else getattr(self.strategy, "weight", None)

    def stop(self):
        """Record the last days; drop what cannot be sent from one process to another, for `optstrategy`."""
        super().stop()
        del self._accounts

    def get_analysis(self):
        """Return the series and the figures.

        `daily` is the net exposure at each close, `gross` the gross one, `weights` the target weights. `exposure` is
        the mean size of the net exposure, `net_exposure` its mean, `gross_exposure` that of the gross one.
        """
        curve = self._curve.get_analysis()
        equity = curve["equity"]
        net, gross, weights = ([record[column] for record in self._records.values()] for column in range(3))
        values = pd.DataFrame({"net": net, "gross": gross}, equity.index, dtype=float)
        shares = values.div(equity, axis=0).where(equity > 0, 0.0)
        daily = shares["net"].rename("exposure")
        return {
            "daily": daily,
            "gross": shares["gross"],
            "weights": self._weights(weights, daily),
            "exposure": measures.mean_exposure(daily),
            "net_exposure": float(daily.mean()),
            "gross_exposure": float(shares["gross"].mean()),
            "turnover": measures.turnover(self._fills.get_analysis(), equity, curve["bars_a_year"]),
        }

    def _weights(self, weights, daily):
        if self._tickers:
            return pd.DataFrame(weights, daily.index, self._tickers).fillna(0.0)
        return pd.Series(weights, daily.index, dtype=float, name="weights").fillna(daily)
