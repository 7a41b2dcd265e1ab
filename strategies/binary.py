"""The whole account, long or short."""

from backtrader_walkforward import SizingStrategy


class Binary(SizingStrategy):
    """Hold everything when the predicted return exceeds the threshold, short everything below its negative."""

    def target_weight(self):
        """Return the signal: 1, 0 or -1."""
        return self.signal
