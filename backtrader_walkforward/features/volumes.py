"""Indicators of volume."""

import numpy as np
import pandas as pd


def volume_change(volume: np.ndarray, days: int = 1) -> np.ndarray:
    """Change of the volume, v / v_days - 1; 0 after a day without volume, where it is undefined."""
    before = pd.Series(volume).shift(days).to_numpy()
    return np.where(before == 0, 0.0, volume / np.where(before == 0, 1.0, before) - 1)


def volume_sma(volume: np.ndarray, days: int = 20) -> np.ndarray:
    """Mean of the last `days` volumes; exactly 0 where all of them are, which TA-Lib's running sum does not promise."""
    return pd.Series(volume).rolling(days).mean().to_numpy()


def volume_ratio(volume: np.ndarray, average: np.ndarray) -> np.ndarray:
    """Volume in units of its average, v / average; 1, as usual, where nothing is traded at all."""
    return np.where(average == 0, 1.0, volume / np.where(average == 0, 1.0, average))
