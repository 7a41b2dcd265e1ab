"""The fifth with the highest forecasts."""

from backtrader_walkforward import RankingStrategy


class Top(RankingStrategy):
    """Hold the fifth of the tickers with the highest forecasts, at least one, in equal shares."""

    def target_weights(self):
        """Return the weights by ticker."""
        highest = self.ranked[-self.fraction(1 / 5) :]
        return dict.fromkeys(highest, 1 / len(highest))
