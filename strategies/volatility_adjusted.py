"""A larger position in a calm market, a smaller one in a volatile market."""

from backtrader_walkforward import SizingStrategy


def volatility_adjusted_weight(predicted_return: float, volatility: float, median_volatility: float) -> float:
    """Return (median volatility / volatility) x signal strength, where signal strength = 10 x predicted return.

    A market that has not moved (volatility 0) counts as median: the ratio is then 1.

    >>> volatility_adjusted_weight(0.01, volatility=0.02, median_volatility=0.01)
    0.05
    """
    calm = median_volatility / volatility if volatility else 1.0
    return calm * 10 * predicted_return


class VolatilityAdjusted(SizingStrategy):
    """Scale the forecast by the median volatility so far over the current volatility.

    Needs the lines `volatility` (standard deviation of the last 20 daily returns) and `median_volatility` (its median
    over all that was seen up to the bar).
    """

    def target_weight(self):
        """Return the scaled forecast; the base class caps it at 1."""
        return volatility_adjusted_weight(
            self.predicted_return, self.data.volatility[0], self.data.median_volatility[0]
        )
