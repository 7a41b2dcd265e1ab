"""Buy and hold, the benchmark."""

from backtrader_walkforward.trading.sizing_strategy import SizingStrategy


class BuyAndHold(SizingStrategy):
    """Buy with all cash on the first bar and hold: a passive account without an active one."""

    params = dict(active_share=0.0)
    weight = 1.0
