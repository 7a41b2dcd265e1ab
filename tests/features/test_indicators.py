import numpy as np
import pandas as pd
import pytest
from arch.data import sp500

from backtrader_walkforward.features import FEATURE_NAMES, WARM_UP, compute_features

IN_ORDER = (
    "lag_1 lag_2 lag_3 lag_4 lag_5 sma_7 sma_14 sma_21 ema_12 ema_26 macd macd_signal macd_diff rsi "
    "bb_middle bb_upper bb_lower bb_width bb_position volatility true_range atr_14 "
    "pct_change_1 pct_change_5 pct_change_10 volume_change_1 volume_sma_20 volume_ratio "
    "momentum_5 momentum_10 high_low_ratio"
)


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    return sp500.load()[["Open", "High", "Low", "Close", "Volume"]].iloc[:600].astype(float)


def constant_prices(price: float, volume: float, n_bars: int = 60) -> pd.DataFrame:
    columns = dict.fromkeys(("Open", "High", "Low", "Close"), price) | {"Volume": volume}
    return pd.DataFrame(columns, index=pd.bdate_range("2020-01-01", periods=n_bars))


def test_the_columns_are_the_31_features_in_order(prices: pd.DataFrame) -> None:
    features = compute_features(prices)
    assert " ".join(features) == IN_ORDER
    assert " ".join(FEATURE_NAMES) == IN_ORDER
    assert features.shape == (600, 31)
    assert features.index.equals(prices.index)
    assert set(features.dtypes) == {np.dtype(float)}


def test_only_the_warm_up_rows_have_gaps(prices: pd.DataFrame) -> None:
    features = compute_features(prices)
    assert features.iloc[WARM_UP:].notna().to_numpy().all()
    assert features.iloc[:WARM_UP].isna().any(axis=1).all()


@pytest.mark.parametrize("n_bars", [1, 2, 21, 33, 34, 35, 100, 255, 401, 599])
def test_a_shorter_history_gives_the_first_rows_of_a_longer_one(prices: pd.DataFrame, n_bars: int) -> None:
    whole = compute_features(prices)
    pd.testing.assert_frame_equal(compute_features(prices.iloc[:n_bars]), whole.iloc[:n_bars], check_exact=True)


def test_prices_yet_to_come_change_nothing(prices: pd.DataFrame) -> None:
    poisoned = prices.copy()
    poisoned.iloc[300:] *= 1e6
    before, after = compute_features(prices), compute_features(poisoned)
    pd.testing.assert_frame_equal(before.iloc[:300], after.iloc[:300], check_exact=True)


def test_the_input_is_left_alone(prices: pd.DataFrame) -> None:
    copy = prices.copy()
    compute_features(prices)
    pd.testing.assert_frame_equal(prices, copy)


def test_no_prices_give_no_features(prices: pd.DataFrame) -> None:
    assert compute_features(prices.iloc[:0]).shape == (0, 31)


@pytest.mark.parametrize("volume", [0.0, 5e6])
def test_a_flat_price_gives_the_documented_values(volume: float) -> None:
    last = compute_features(constant_prices(0.3, volume)).iloc[-1]
    level = ["lag_1", "lag_5", "sma_7", "sma_21", "ema_12", "ema_26", "bb_middle", "bb_upper", "bb_lower"]
    still = ["macd", "macd_signal", "macd_diff", "bb_width", "volatility", "true_range", "atr_14", "pct_change_1"]
    still += ["pct_change_10", "volume_change_1", "momentum_5", "momentum_10"]
    assert last[level].to_numpy() == pytest.approx(0.3)
    assert last[still].to_numpy() == pytest.approx(0.0, abs=1e-7)
    assert (last["rsi"], last["bb_position"], last["high_low_ratio"]) == (50.0, 0.5, 0.5)
    assert (last["volume_sma_20"], last["volume_ratio"]) == (volume, 1.0)


def test_days_without_volume_or_range_stay_finite(prices: pd.DataFrame) -> None:
    odd = prices.copy()
    odd.loc[odd.index[::3], "Volume"] = 0.0
    odd.loc[odd.index[1::4], ["High", "Low"]] = odd["Close"]
    assert np.isfinite(compute_features(odd).iloc[WARM_UP:].to_numpy()).all()


def test_prices_in_cents_scale_what_is_in_points_and_leave_what_is_a_share(prices: pd.DataFrame) -> None:
    cents = prices.copy()
    cents[["Open", "High", "Low", "Close"]] *= 128.0
    points, scaled = compute_features(prices).iloc[WARM_UP:], compute_features(cents).iloc[WARM_UP:]
    shares = ["rsi", "bb_width", "bb_position", "volatility", "high_low_ratio"]
    shares += [name for name in FEATURE_NAMES if name.startswith(("pct_", "volume_"))]
    factor = np.array([1.0 if name in shares else 128.0 for name in FEATURE_NAMES])
    np.testing.assert_allclose(scaled.to_numpy(), points.to_numpy() * factor, rtol=1e-6, atol=1e-6)
