"""Sizing by how far an ensemble agrees: copied into `strategies/`, it is found, ranked and given tear sheets.

It lies here because what lies there is run, and would stand in every ranking, with an ensemble or without.
"""

from backtrader_walkforward.trading.sizing_strategy import SizingStrategy


class Agreement(SizingStrategy):
    """Hold |r| / (|r| + s) of the account in the direction of the signal: r the mean forecast, s the members' spread.

    All of it when the members agree, half when their spread is as large as their mean. With one predictor s is 0, and
    this is `Binary`.
    """

    def target_weight(self) -> float:
        """Return the signal times the share of it that the members agree on."""
        size = abs(self.predicted_return)
        return self.signal * size / (size + self.forecast_spread) if self.signal else 0.0
