"""Twice the predicted return, called half-Kelly here."""

from backtrader_walkforward import SizingStrategy


def half_kelly_weight(predicted_return: float, cap: float = 0.5) -> float:
    """Return twice the predicted return, at most `cap` either way.

    It is called half-Kelly here. Kelly's own share is mu / sigma squared, of which a half is about 50 times the
    predicted return at a daily volatility of 1 %: `examples/kelly_criterion.py` holds that.

    >>> half_kelly_weight(0.02), half_kelly_weight(-0.02), half_kelly_weight(0.9)
    (0.04, -0.04, 0.5)
    """
    return max(-cap, min(cap, 2 * predicted_return))


class Kelly(SizingStrategy):
    """Hold twice the predicted return, called half-Kelly here; for mu / sigma squared see `half_kelly_weight`.

    Parameters
    ----------
    cap : float
        Largest weight of a position.
    """

    params = dict(cap=0.5)
    limits = dict(cap=(0, 1))

    def target_weight(self):
        """Return twice the predicted return, capped."""
        return half_kelly_weight(self.predicted_return, self.p.cap)
