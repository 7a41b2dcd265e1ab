"""A share of the account as large as the predicted return."""

from backtrader_walkforward import SizingStrategy


class Proportional(SizingStrategy):
    """Hold the predicted return itself: a predicted gain of 2 % holds 2 % of the account."""

    def target_weight(self):
        """Return the predicted return; the base class caps it at 1."""
        return self.predicted_return
