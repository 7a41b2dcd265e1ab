"""The fifth with the highest forecasts against the fifth with the lowest."""

from backtrader_walkforward import RankingStrategy


class LongShort(RankingStrategy):
    """Hold the fifth of the tickers with the highest forecasts and short the fifth with the lowest.

    Each side is a half of the account, in equal shares. A single ticker is neither.
    """

    def target_weights(self):
        """Return the weights by ticker."""
        size = self.fraction(1 / 5)
        lowest, highest = self.ranked[:size], self.ranked[-size:]
        if len(self.ranked) < 2:
            return {}
        return dict.fromkeys(lowest, -0.5 / size) | dict.fromkeys(highest, 0.5 / size)
