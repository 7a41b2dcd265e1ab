"""Half-Kelly on the predicted edge."""

from backtrader_walkforward import SizingStrategy


def half_kelly_weight(predicted_return: float, cap: float = 0.5) -> float:
    """Return twice the predicted return, at most `cap` either way.

    >>> half_kelly_weight(0.02), half_kelly_weight(-0.02), half_kelly_weight(0.9)
    (0.04, -0.04, 0.5)
    """
    return max(-cap, min(cap, 2 * predicted_return))


class Kelly(SizingStrategy):
    """Hold half-Kelly.

    Parameters
    ----------
    cap : float
        Largest weight of a position.
    """

    params = dict(cap=0.5)

    def target_weight(self):
        """Return the half-Kelly weight of the forecast."""
        return half_kelly_weight(self.predicted_return, self.p.cap)
