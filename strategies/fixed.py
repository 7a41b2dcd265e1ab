"""A fixed share of the account."""

from backtrader_walkforward import SizingStrategy


class Fixed(SizingStrategy):
    """Hold a fixed share of the account whenever there is a signal.

    Parameters
    ----------
    share : float
        Weight of a position.
    """

    params = dict(share=0.5)
    limits = dict(share=(0, 1))

    def target_weight(self):
        """Return the share, signed as the signal."""
        return self.p.share * self.signal
