"""A strategy that holds what the forecast says."""

from backtrader_walkforward.trading import SizingStrategy


class Weights(SizingStrategy):
    """Target weight = predicted return; records what it decided."""

    def __init__(self):
        self.decided = []

    def target_weight(self):
        return self.predicted_return

    def next(self):
        super().next()
        self.decided.append(self.weight)
