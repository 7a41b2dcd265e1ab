import numpy as np
import pytest

from backtrader_walkforward.forecasting.windows import make_windows


def test_each_window_ends_with_its_row() -> None:
    features = np.array([[0, 10], [1, 11], [2, 12], [3, 13]])
    windows = make_windows(features, lookback=3)
    assert windows.tolist() == [
        [[0, 10], [1, 11], [2, 12]],
        [[1, 11], [2, 12], [3, 13]],
    ]


def test_windows_share_memory_and_cannot_be_written() -> None:
    features = np.zeros((10, 31))
    windows = make_windows(features, lookback=4)
    assert np.shares_memory(windows, features)
    with pytest.raises(ValueError, match="read-only"):
        windows[0, 0, 0] = 1.0
