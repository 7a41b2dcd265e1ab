"""The benchmark."""

from backtrader_walkforward.trading.sizing_strategy import SizingStrategy


class BuyAndHold(SizingStrategy):
    """Buy on the first bar with everything and hold: a passive account and nothing else."""

    params = dict(active_share=0.0)
    weight = 1.0
