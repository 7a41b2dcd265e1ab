"""All indicators in one table, with their formulas: the numbers that predictors see of a day, a week or a month."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
import talib

WARM_UP = 33
"""Leading rows with a NaN. MACD's signal line starts last: the first 26-day EMA on row 25, nine of them on row 33."""

NO_MOVE = 1e-13
"""Average daily move, in price units, under which a price counts as flat; TA-Lib gives up below 1e-14."""

NO_WIDTH = 1e-7
"""Relative band width that counts as none: the rounding of TA-Lib's running variance stays below it."""


def lag(close: np.ndarray, days: int) -> np.ndarray:
    """Close `days` bars ago."""
    return pd.Series(close).shift(days).to_numpy()


def sma(close: np.ndarray, days: int) -> np.ndarray:
    """Simple moving average: mean of the last `days` closes."""
    return talib.SMA(close, days)


def rsi(close: np.ndarray, days: int = 14) -> np.ndarray:
    """Relative strength index, 0 to 100: 100 * g / (g + d), with Wilder's averages g of rises and d of falls.

    A price that never moved is neither overbought nor oversold: 50, where TA-Lib says 0.
    """
    average_move = talib.ATR(close, close, close, days)
    return np.where(average_move < NO_MOVE, 50.0, talib.RSI(close, days))


def bollinger_position(close: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Place of the close between the bands: 0 at the lower, 1 at the upper, more above; 0.5 where the price is flat."""
    width = upper - lower
    return _ratio(close - lower, width, otherwise=0.5, undefined=width <= NO_WIDTH * close)


def volatility(close: np.ndarray, days: int = 20) -> np.ndarray:
    """Sample standard deviation of the last `days` daily returns; a fraction a day, not annual."""
    return pd.Series(close).pct_change().rolling(days).std().to_numpy()


def pct_change(close: np.ndarray, days: int) -> np.ndarray:
    """Return over `days` bars: c / c_days - 1."""
    return pd.Series(close).pct_change(days).to_numpy()


def volume_change(volume: np.ndarray, days: int = 1) -> np.ndarray:
    """Change of the volume, v / v_days - 1; 0 after a day without volume, where it is undefined."""
    before = lag(volume, days)
    return _ratio(volume, before, otherwise=1.0, undefined=before == 0) - 1


def volume_sma(volume: np.ndarray, days: int = 20) -> np.ndarray:
    """Mean of the last `days` volumes; exactly 0 where all of them are, which TA-Lib's running sum does not promise."""
    return pd.Series(volume).rolling(days).mean().to_numpy()


def volume_ratio(volume: np.ndarray, days: int = 20) -> np.ndarray:
    """Volume in units of its average, v / volume_sma; 1, as usual, where nothing is traded at all."""
    average = volume_sma(volume, days)
    return _ratio(volume, average, otherwise=1.0, undefined=average == 0)


def high_low_ratio(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Place of the close in the day's range: (c - l) / (h - l); 0 at the low, 1 at the high, 0.5 where h = l."""
    return _ratio(close - low, high - low, otherwise=0.5, undefined=high <= low)


def _ratio(part: np.ndarray, whole: np.ndarray, *, otherwise: float, undefined: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), otherwise), where=~undefined)


PRICE, MOVE, VOLUME, RATIO = "price", "move", "volume", "ratio"
"""Units of indicators: a price, a difference of prices, a number of shares, and a number without unit."""


class Bars:
    """Columns of prices as arrays, and the indicators from which several columns of the table follow."""

    def __init__(self, prices: pd.DataFrame) -> None:
        columns = (prices[name].to_numpy(dtype=float) for name in ("Open", "High", "Low", "Close", "Volume"))
        self.open, self.high, self.low, self.close, self.volume = columns

    @cached_property
    def macd(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Moving average convergence divergence: 12-day less 26-day EMA, the 9-day EMA of that, and the difference.

        TA-Lib's: both averages begin on the 26th bar, so that `macd` is not `ema_12 - ema_26` in its first rows. They
        part by up to 0.3 % of a price that moves 1 % a day, then by 15 % less each day.
        """
        return talib.MACD(self.close, 12, 26, 9)

    @cached_property
    def bands(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Upper, middle and lower Bollinger band: mean of 20 closes, and two population deviations to each side."""
        return talib.BBANDS(self.close, 20, 2, 2)


class Indicator(NamedTuple):
    """The unit and the formula of an indicator."""

    unit: str
    compute: Callable[[Bars], np.ndarray]


INDICATORS: dict[str, Indicator] = {
    "lag_1": Indicator(PRICE, lambda bars: lag(bars.close, 1)),
    "lag_2": Indicator(PRICE, lambda bars: lag(bars.close, 2)),
    "lag_3": Indicator(PRICE, lambda bars: lag(bars.close, 3)),
    "lag_4": Indicator(PRICE, lambda bars: lag(bars.close, 4)),
    "lag_5": Indicator(PRICE, lambda bars: lag(bars.close, 5)),
    "sma_7": Indicator(PRICE, lambda bars: sma(bars.close, 7)),
    "sma_14": Indicator(PRICE, lambda bars: sma(bars.close, 14)),
    "sma_21": Indicator(PRICE, lambda bars: sma(bars.close, 21)),
    # Exponential moving average: e += 2 / (days + 1) * (c - e), begun with the mean of the first `days` closes.
    # pandas' `ewm(adjust=False)` begins with the first close instead; the two meet after a few times `days`.
    "ema_12": Indicator(PRICE, lambda bars: talib.EMA(bars.close, 12)),
    "ema_26": Indicator(PRICE, lambda bars: talib.EMA(bars.close, 26)),
    "macd": Indicator(MOVE, lambda bars: bars.macd[0]),
    "macd_signal": Indicator(MOVE, lambda bars: bars.macd[1]),
    "macd_diff": Indicator(MOVE, lambda bars: bars.macd[2]),
    "rsi": Indicator(RATIO, lambda bars: rsi(bars.close)),
    "bb_middle": Indicator(PRICE, lambda bars: bars.bands[1]),
    "bb_upper": Indicator(PRICE, lambda bars: bars.bands[0]),
    "bb_lower": Indicator(PRICE, lambda bars: bars.bands[2]),
    "bb_width": Indicator(RATIO, lambda bars: (bars.bands[0] - bars.bands[2]) / bars.bands[1]),
    "bb_position": Indicator(RATIO, lambda bars: bollinger_position(bars.close, bars.bands[0], bars.bands[2])),
    "volatility": Indicator(RATIO, lambda bars: volatility(bars.close)),
    "true_range": Indicator(
        MOVE, lambda bars: talib.TRANGE(bars.high, bars.low, bars.close)
    ),  # max(h, c_1) - min(l, c_1)
    # Average true range, Wilder's: a += (true_range - a) / 14, begun with the mean of the first 14.
    "atr_14": Indicator(MOVE, lambda bars: talib.ATR(bars.high, bars.low, bars.close, 14)),
    "pct_change_1": Indicator(RATIO, lambda bars: pct_change(bars.close, 1)),
    "pct_change_5": Indicator(RATIO, lambda bars: pct_change(bars.close, 5)),
    "pct_change_10": Indicator(RATIO, lambda bars: pct_change(bars.close, 10)),
    "volume_change_1": Indicator(RATIO, lambda bars: volume_change(bars.volume)),
    "volume_sma_20": Indicator(VOLUME, lambda bars: volume_sma(bars.volume)),
    "volume_ratio": Indicator(RATIO, lambda bars: volume_ratio(bars.volume)),
    "momentum_5": Indicator(MOVE, lambda bars: talib.MOM(bars.close, 5)),  # c - c_5
    "momentum_10": Indicator(MOVE, lambda bars: talib.MOM(bars.close, 10)),
    "high_low_ratio": Indicator(RATIO, lambda bars: high_low_ratio(bars.high, bars.low, bars.close)),
}
"""Every indicator by its name, in the order of the columns. Row t of each uses rows 0 to t and nothing later."""

FEATURE_NAMES = tuple(INDICATORS)
"""Names of the columns, in their order."""


def indicators(prices: pd.DataFrame) -> pd.DataFrame:
    """Return the 31 indicators of each bar, be it a day, a week or a month; NaN only in the first `WARM_UP` rows.

    The prices are those of `compute_features`, the columns `FEATURE_NAMES`. All sums begin in row 0.
    """
    bars = Bars(prices)
    return pd.DataFrame({name: indicator.compute(bars) for name, indicator in INDICATORS.items()}, index=prices.index)
