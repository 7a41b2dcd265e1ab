"""Sizing by the agreement of an ensemble. Copy the file into `strategies/` to run it.

It lies here because every file in `strategies/` is part of every run.
"""

from backtrader_walkforward import SizingStrategy


class Agreement(SizingStrategy):
    """Hold |r| / (|r| + s) of the account in the direction of the signal: r the mean forecast, s the members' spread.

    The weight is 1 if all members agree, and a half if their spread is as large as their mean. With one predictor s is
    0 and the weights are those of `Binary`.
    """

    def target_weight(self) -> float:
        """Return the signal times the share of it on which the members agree."""
        size = abs(self.predicted_return)
        return self.signal * size / (size + self.forecast_spread) if self.signal else 0.0
