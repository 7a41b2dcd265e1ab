import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.forecasting.windows import as_return, make_windows, next_return, next_target

PRICES = pd.DataFrame({"Open": [98.0, 102.0, 107.1, 105.0], "Close": [100.0, 110.0, 99.0, 108.9]})


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


def test_what_follows_the_last_bar_is_not_known() -> None:
    np.testing.assert_allclose(next_target(PRICES, "return"), [0.1, -0.1, 0.1, np.nan])
    np.testing.assert_array_equal(next_target(PRICES, "price"), [110.0, 99.0, 108.9, np.nan])
    np.testing.assert_allclose(next_target(PRICES, "traded"), [0.05, -2.1 / 107.1, np.nan, np.nan])


@pytest.mark.parametrize(("target", "kind"), [("return", "return"), ("price", "return"), ("traded", "traded")])
def test_a_forecast_of_a_price_is_measured_by_the_return_of_the_closes(target: str, kind: str) -> None:
    found = next_return(PRICES, target)
    np.testing.assert_array_equal(found, next_target(PRICES, kind))
    assert found.index.equals(PRICES.index)


@pytest.mark.parametrize("target", ["return", "price"])
def test_the_way_back_gives_the_return(target: str) -> None:
    close = PRICES["Close"].to_numpy()
    np.testing.assert_allclose(as_return(next_target(PRICES, target), close, target)[:2], [0.1, -0.1])
