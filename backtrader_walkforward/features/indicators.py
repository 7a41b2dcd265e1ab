"""All indicators in one table: the numbers that predictors see of a day, a week or a month."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import pandas as pd

from backtrader_walkforward.features.averages import ema, lag, macd, sma
from backtrader_walkforward.features.momentum import momentum, pct_change, rsi
from backtrader_walkforward.features.ranges import (
    atr,
    bollinger_bands,
    bollinger_position,
    bollinger_width,
    high_low_ratio,
    true_range,
    volatility,
)
from backtrader_walkforward.features.volumes import volume_change, volume_ratio, volume_sma

WARM_UP = 33
"""Leading rows with a NaN. MACD's signal line starts last: the first 26-day EMA on row 25, nine of them on row 33."""


class Bars:
    """Columns of prices as arrays, and the indicators from which several columns of the table follow.

    Parameters
    ----------
    prices : DataFrame (n_bars, 5)
        `Open High Low Close Volume`.
    """

    def __init__(self, prices: pd.DataFrame) -> None:
        columns = (prices[name].to_numpy(dtype=float) for name in ("Open", "High", "Low", "Close", "Volume"))
        self.open, self.high, self.low, self.close, self.volume = columns

    @cached_property
    def macd(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """MACD, its signal line and the difference of the two."""
        return macd(self.close)

    @cached_property
    def bands(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Middle, upper and lower Bollinger band."""
        return bollinger_bands(self.close)

    @cached_property
    def volume_average(self) -> np.ndarray:
        """Mean of the last 20 volumes."""
        return volume_sma(self.volume)


INDICATORS: dict[str, Callable[[Bars], np.ndarray]] = {
    "lag_1": lambda bars: lag(bars.close, 1),
    "lag_2": lambda bars: lag(bars.close, 2),
    "lag_3": lambda bars: lag(bars.close, 3),
    "lag_4": lambda bars: lag(bars.close, 4),
    "lag_5": lambda bars: lag(bars.close, 5),
    "sma_7": lambda bars: sma(bars.close, 7),
    "sma_14": lambda bars: sma(bars.close, 14),
    "sma_21": lambda bars: sma(bars.close, 21),
    "ema_12": lambda bars: ema(bars.close, 12),
    "ema_26": lambda bars: ema(bars.close, 26),
    "macd": lambda bars: bars.macd[0],
    "macd_signal": lambda bars: bars.macd[1],
    "macd_diff": lambda bars: bars.macd[2],
    "rsi": lambda bars: rsi(bars.close),
    "bb_middle": lambda bars: bars.bands[0],
    "bb_upper": lambda bars: bars.bands[1],
    "bb_lower": lambda bars: bars.bands[2],
    "bb_width": lambda bars: bollinger_width(*bars.bands),
    "bb_position": lambda bars: bollinger_position(bars.close, *bars.bands[1:]),
    "volatility": lambda bars: volatility(bars.close),
    "true_range": lambda bars: true_range(bars.high, bars.low, bars.close),
    "atr_14": lambda bars: atr(bars.high, bars.low, bars.close),
    "pct_change_1": lambda bars: pct_change(bars.close, 1),
    "pct_change_5": lambda bars: pct_change(bars.close, 5),
    "pct_change_10": lambda bars: pct_change(bars.close, 10),
    "volume_change_1": lambda bars: volume_change(bars.volume),
    "volume_sma_20": lambda bars: bars.volume_average,
    "volume_ratio": lambda bars: volume_ratio(bars.volume, bars.volume_average),
    "momentum_5": lambda bars: momentum(bars.close, 5),
    "momentum_10": lambda bars: momentum(bars.close, 10),
    "high_low_ratio": lambda bars: high_low_ratio(bars.high, bars.low, bars.close),
}
"""Every indicator by its name, in the order of the columns. Row t of each uses rows 0 to t and nothing later."""

FEATURE_NAMES = tuple(INDICATORS)
"""Names of the columns, in their order."""


def indicators(prices: pd.DataFrame) -> pd.DataFrame:
    """Return the 31 indicators of each bar, be it a day, a week or a month.

    Row t uses rows 0 to t of `prices` and nothing later, always added up from row 0 on. So the features of a shorter
    history are, to the bit, the first rows of a longer one's.

    Parameters
    ----------
    prices : DataFrame (n_bars, 5)
        `Open High Low Close Volume`, validated: finite, positive prices, volume not negative.

    Returns
    -------
    DataFrame (n_bars, 31)
        The columns `FEATURE_NAMES`, the index of `prices`; NaN only in the first `WARM_UP` rows.
    """
    bars = Bars(prices)
    return pd.DataFrame({name: compute(bars) for name, compute in INDICATORS.items()}, index=prices.index)
