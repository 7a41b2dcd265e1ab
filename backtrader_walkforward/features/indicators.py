"""All indicators side by side: what the predictors see of a day."""

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
    high, low, close, volume = (prices[name].to_numpy(dtype=float) for name in ("High", "Low", "Close", "Volume"))
    columns = _price_columns(close) | _band_columns(close) | _range_columns(high, low, close)
    columns |= _change_columns(close) | _volume_columns(volume)
    columns |= {f"momentum_{days}": momentum(close, days) for days in (5, 10)}
    columns |= {"high_low_ratio": high_low_ratio(high, low, close)}
    return pd.DataFrame(columns, index=prices.index)


def _price_columns(close: np.ndarray) -> dict[str, np.ndarray]:
    columns = {f"lag_{days}": lag(close, days) for days in (1, 2, 3, 4, 5)}
    columns |= {f"sma_{days}": sma(close, days) for days in (7, 14, 21)}
    columns |= {f"ema_{days}": ema(close, days) for days in (12, 26)}
    columns |= dict(zip(("macd", "macd_signal", "macd_diff"), macd(close), strict=True))
    return columns | {"rsi": rsi(close)}


def _band_columns(close: np.ndarray) -> dict[str, np.ndarray]:
    middle, upper, lower = bollinger_bands(close)
    return {
        "bb_middle": middle,
        "bb_upper": upper,
        "bb_lower": lower,
        "bb_width": bollinger_width(middle, upper, lower),
        "bb_position": bollinger_position(close, upper, lower),
    }


def _range_columns(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "volatility": volatility(close),
        "true_range": true_range(high, low, close),
        "atr_14": atr(high, low, close),
    }


def _change_columns(close: np.ndarray) -> dict[str, np.ndarray]:
    return {f"pct_change_{days}": pct_change(close, days) for days in (1, 5, 10)}


def _volume_columns(volume: np.ndarray) -> dict[str, np.ndarray]:
    average = volume_sma(volume)
    return {
        "volume_change_1": volume_change(volume),
        "volume_sma_20": average,
        "volume_ratio": volume_ratio(volume, average),
    }


FEATURE_NAMES: tuple[str, ...] = (
    *("lag_1", "lag_2", "lag_3", "lag_4", "lag_5"),
    *("sma_7", "sma_14", "sma_21", "ema_12", "ema_26", "macd", "macd_signal", "macd_diff", "rsi"),
    *("bb_middle", "bb_upper", "bb_lower", "bb_width", "bb_position", "volatility", "true_range", "atr_14"),
    *("pct_change_1", "pct_change_5", "pct_change_10", "volume_change_1", "volume_sma_20", "volume_ratio"),
    *("momentum_5", "momentum_10", "high_low_ratio"),
)
"""The 31 columns, in their order."""
