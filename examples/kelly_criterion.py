"""Half of the share that the Kelly criterion names. Copy the file into `strategies/` to run it."""

from backtrader_walkforward import SizingStrategy


class KellyCriterion(SizingStrategy):
    """Hold mu / (2 sigma squared): mu the predicted return, sigma the volatility of the last 20 daily returns.

    The criterion maximises the expected growth of the logarithm of wealth if mu and sigma are known. They are not: half
    of it gives up a quarter of that growth for half of the volatility, and a forecast that is too large by a factor of
    four makes even the half lose.

    Parameters
    ----------
    cap : float
        Largest weight of a position.
    """

    params = dict(cap=1.0)

    def target_weight(self) -> float:
        """Return half of the Kelly share, capped; 0 where nothing is known of the volatility."""
        variance = self.data.volatility[0] ** 2
        weight = self.predicted_return / (2 * variance) if variance > 0 else 0.0
        return max(-self.p.cap, min(self.p.cap, weight))
