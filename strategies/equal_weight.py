"""Every ticker in equal shares: the benchmark of the books."""

from backtrader_walkforward import RankingStrategy


class EqualWeight(RankingStrategy):
    """Hold every ticker that has a forecast, whatever it says, in equal shares."""

    def target_weights(self):
        """Return the weights by ticker."""
        return dict.fromkeys(self.forecasts, 1 / len(self.forecasts))
