"""Closed weeks and months beside the days: what they are, and from when on they are known."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.features import FEATURE_NAMES, compute_features, warm_up
from backtrader_walkforward.features.indicators import indicators
from backtrader_walkforward.settings.settings import Settings

FRAMES = ("daily", "weekly", "monthly")
BAR = {"Open": "first", "High": "max", "Low": "min", "Close": "last", "Volume": "sum"}


@pytest.fixture(scope="module")
def prices(sample) -> pd.DataFrame:
    """Four years: three of them warm up the months."""
    return sample.loc["2013":"2016"]


@pytest.fixture(scope="module")
def whole(prices: pd.DataFrame) -> pd.DataFrame:
    return compute_features(prices, FRAMES)


def test_columns_are_those_of_the_days_and_then_of_the_frames(prices: pd.DataFrame, whole: pd.DataFrame) -> None:
    expected = [*FEATURE_NAMES]
    expected += [f"{frame}_{name}" for frame in ("weekly", "monthly") for name in FEATURE_NAMES]
    assert list(whole) == expected
    assert whole.index.equals(prices.index)
    assert set(whole.dtypes) == {np.dtype(float)}
    pd.testing.assert_frame_equal(compute_features(prices, ("monthly", "daily", "weekly")), whole, check_exact=True)


def test_days_alone_are_to_the_bit_what_they_were(prices: pd.DataFrame, whole: pd.DataFrame) -> None:
    days = indicators(prices)
    for table in (compute_features(prices), compute_features(prices, ["daily"]), whole[[*FEATURE_NAMES]]):
        pd.testing.assert_frame_equal(table, days, check_exact=True)


@pytest.mark.parametrize(
    ("day", "frame", "rule", "last_bar"),
    [
        ("2016-06-15", "weekly", "W-FRI", "2016-06-10"),  # a Wednesday
        ("2016-06-17", "weekly", "W-FRI", "2016-06-10"),  # the Friday that ends its week
        ("2016-07-05", "weekly", "W-FRI", "2016-07-01"),  # a Tuesday after a holiday: its week's first session
        ("2016-06-30", "monthly", "ME", "2016-05-31"),  # the last session of its month
        ("2016-07-01", "monthly", "ME", "2016-06-30"),
        ("2016-10-12", "monthly", "ME", "2016-09-30"),
    ],
)
def test_a_day_sees_the_bars_that_had_closed(
    prices: pd.DataFrame, whole: pd.DataFrame, day: str, frame: str, rule: str, last_bar: str
) -> None:
    bars = prices.resample(rule).agg(BAR).iloc[1:]
    by_hand = indicators(bars).loc[last_bar]
    assert by_hand.notna().all()
    np.testing.assert_array_equal(whole.loc[day].filter(regex=f"^{frame}_"), by_hand)


def test_the_literal_bar_of_a_week(whole: pd.DataFrame) -> None:
    """The S&P 500 closed at 2,096.07 on Friday, 10 June 2016, and at 2,099.13 a week before: -0.15 %."""
    wednesday = whole.loc["2016-06-15"]
    assert wednesday["weekly_lag_1"] == pytest.approx(2099.13, abs=0.005)
    assert wednesday["weekly_pct_change_1"] == pytest.approx(2096.07 / 2099.13 - 1, abs=1e-5)


def test_a_wednesday_never_sees_its_own_week(prices: pd.DataFrame, whole: pd.DataFrame) -> None:
    other = prices.copy()
    other.loc["2016-06-13":] *= 3.0  # the Monday of its week, and all that follows
    changed = compute_features(other, FRAMES)
    weekly = whole.filter(like="weekly_")
    pd.testing.assert_frame_equal(changed[list(weekly)].loc[:"2016-06-17"], weekly.loc[:"2016-06-17"], check_exact=True)
    assert (changed["weekly_lag_1"] == whole["weekly_lag_1"]).loc["2016-06-20"]
    assert (changed["weekly_sma_7"] != whole["weekly_sma_7"]).loc["2016-06-20"]


@pytest.mark.parametrize("n_bars", [0, 1, 2, 5, 40, 176, 500, 763, 870, 1000])
def test_a_cut_future_changes_no_row(prices: pd.DataFrame, whole: pd.DataFrame, n_bars: int) -> None:
    cut = compute_features(prices.iloc[:n_bars], FRAMES)
    pd.testing.assert_frame_equal(cut, whole.iloc[:n_bars], check_exact=True)


@pytest.mark.parametrize("frames", [("daily",), ("daily", "weekly"), ("daily", "monthly")])
@pytest.mark.parametrize("start", ["2013-01-02", "2013-01-04", "2013-01-07", "2013-01-31"])
def test_the_warm_up_is_enough_wherever_a_history_begins(sample, frames: tuple[str, ...], start: str) -> None:
    table = compute_features(sample.loc[start:"2016"], frames)
    gaps = table.isna().any(axis=1)
    assert not gaps.iloc[warm_up(frames) :].any()
    assert gaps.sum() >= 0.9 * warm_up(frames)  # the first week or month may be short, and holidays count as sessions


@pytest.mark.parametrize(
    ("timeframes", "message"),
    [
        (("daily", "wekly"), "--timeframes must be one of daily, weekly, monthly: 'wekly' - did you mean 'weekly'"),
        (("weekly",), "--timeframes must hold daily: 'weekly' - put daily before the rest"),
    ],
)
def test_a_mistake_is_named(timeframes: tuple[str, ...], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Settings.of(timeframes=timeframes)
