import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.features import FEATURE_NAMES, compute_features
from backtrader_walkforward.features.indicators import INDICATORS, MOVE, PRICE, RATIO, VOLUME
from backtrader_walkforward.features.scale_free import scale_free, units_of
from backtrader_walkforward.forecasting.windows import make_windows

UNITS = units_of(FEATURE_NAMES)


@pytest.fixture(scope="module")
def prices(sample: pd.DataFrame) -> pd.DataFrame:
    """Two years of the S&P 500."""
    return sample.iloc[-500:]


def windows_of(prices: pd.DataFrame, frames: tuple[str, ...] = ("daily",)) -> np.ndarray:
    return make_windows(compute_features(prices, frames).dropna().to_numpy(), 20)


@pytest.mark.parametrize("frames", [("daily",), ("daily", "weekly")])
def test_prices_and_volumes_of_another_scale_are_the_same_inputs(prices: pd.DataFrame, frames: tuple[str, ...]) -> None:
    """An indicator whose unit in the table is wrong fails here."""
    other = prices * [2**7, 2**7, 2**7, 2**7, 2**12]
    units = units_of(compute_features(prices, frames).columns)
    before, after = windows_of(prices, frames), windows_of(other, frames)
    np.testing.assert_allclose(scale_free(after, units), scale_free(before, units), rtol=1e-9, atol=1e-12)
    has_a_scale = (before != after).any(axis=(0, 1))
    changed = {unit for unit, differs in zip(units, has_a_scale, strict=True) if differs}
    assert {PRICE, MOVE, VOLUME} <= changed


def test_the_units_are_those_of_the_table_in_every_time_frame() -> None:
    assert units_of(["lag_1", "weekly_lag_1", "monthly_atr_14", "weekly_rsi", "volume_sma_20"]) == (
        PRICE,
        PRICE,
        MOVE,
        RATIO,
        VOLUME,
    )
    assert [sum(one.unit == unit for one in INDICATORS.values()) for unit in (PRICE, MOVE, VOLUME, RATIO)] == [
        13,
        7,
        1,
        10,
    ]


def test_values_by_hand() -> None:
    window = np.zeros((1, 2, 31))

    def column(name: str) -> int:
        return FEATURE_NAMES.index(name)

    window[0, :, column("lag_5")] = 90, 95
    window[0, :, column("momentum_5")] = 10, 5  # so that both closes are 100
    window[0, :, column("sma_7")] = 102, 99
    window[0, :, column("atr_14")] = 2, 3
    window[0, :, column("volume_sma_20")] = 1_000, 3_000
    window[0, :, column("rsi")] = 40, 60
    made = scale_free(window, UNITS)[0]
    assert made[:, column("lag_5")] == pytest.approx([-0.1, -0.05])
    assert made[:, column("sma_7")] == pytest.approx([0.02, -0.01])
    assert made[:, column("atr_14")] == pytest.approx([0.02, 0.03])
    assert made[:, column("volume_sma_20")] == pytest.approx([-0.5, 0.5])
    assert made[:, column("rsi")] == pytest.approx([40, 60])


def test_without_any_volume_nothing_is_unusual() -> None:
    window = np.ones((1, 2, 31))
    window[..., FEATURE_NAMES.index("volume_sma_20")] = 0
    assert not scale_free(window, UNITS)[..., FEATURE_NAMES.index("volume_sma_20")].any()


def test_the_features_are_left_alone(prices: pd.DataFrame) -> None:
    windows = windows_of(prices)
    before = windows.copy()
    scale_free(windows, UNITS)
    np.testing.assert_array_equal(windows, before)
