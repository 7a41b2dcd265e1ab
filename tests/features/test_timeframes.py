"""Closed weeks and months beside the days: what they are, and from when on they are known."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.features import FEATURE_NAMES, compute_features, warm_up
from backtrader_walkforward.features.indicators import indicators
from backtrader_walkforward.settings.settings import Settings

FRAMES = ("daily", "weekly", "monthly")
XNYS = ExchangeCalendar("XNYS")
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
        (("daily", "wekly"), "timeframes must be one of daily, weekly, monthly: 'wekly' - did you mean 'weekly'"),
        (("weekly",), "timeframes must hold daily: 'weekly' - put daily before the rest"),
    ],
)
def test_a_mistake_is_named(timeframes: tuple[str, ...], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Settings.of(timeframes=timeframes)


@pytest.mark.parametrize(
    ("day", "frame", "rule", "last_bar"),
    [
        ("2016-06-16", "weekly", "W-FRI", "2016-06-10"),  # a Thursday
        ("2016-06-17", "weekly", "W-FRI", "2016-06-17"),  # the Friday that ends its week
        ("2016-03-24", "weekly", "W-FRI", "2016-03-25"),  # the Thursday before Good Friday
        ("2016-03-28", "weekly", "W-FRI", "2016-03-25"),  # the Monday after it
        ("2016-06-30", "monthly", "ME", "2016-06-30"),  # the last session of its month
        ("2015-10-30", "monthly", "ME", "2015-10-31"),  # a Friday; the month ends on Saturday
        ("2016-10-12", "monthly", "ME", "2016-09-30"),
    ],
)
def test_with_a_calendar_a_day_sees_the_bar_that_closes_with_it(
    prices: pd.DataFrame, day: str, frame: str, rule: str, last_bar: str
) -> None:
    by_hand = indicators(prices.resample(rule).agg(BAR).iloc[1:]).loc[last_bar]
    known = compute_features(prices, FRAMES, XNYS).loc[day].filter(regex=f"^{frame}_")
    np.testing.assert_array_equal(known[np.isfinite(by_hand).to_numpy()], by_hand[np.isfinite(by_hand)])


def closed_weeks(prices: pd.DataFrame, first: str, last: str) -> list[str]:
    """Return the days of these weeks with which a week closes, as their closes show."""
    closes = compute_features(prices, ("daily", "weekly"), XNYS)["weekly_sma_7"].loc[first:last]
    return [f"{day:%m-%d}" for day in closes.index[closes.diff() != 0][1:]]


def test_a_closure_that_nobody_foresaw_closes_no_week(sample) -> None:
    """From Tuesday, 11 September 2001, to Friday New York was closed, and on Friday, 11 June 2004, for a funeral."""
    assert closed_weeks(sample.loc["2001"], "2001-08-31", "2001-09-21") == ["09-07", "09-17", "09-21"]
    assert closed_weeks(sample.loc["2004"], "2004-05-28", "2004-06-18") == ["06-04", "06-14", "06-18"]


@pytest.mark.parametrize("n_bars", [0, 1, 2, 3, 4, 5, 6, 40, 501, 502, 503, 504, 505, 763, 1000])
def test_with_a_calendar_a_cut_future_changes_no_row(prices: pd.DataFrame, n_bars: int) -> None:
    whole = compute_features(prices, FRAMES, XNYS)
    pd.testing.assert_frame_equal(compute_features(prices.iloc[:n_bars], FRAMES, XNYS), whole.iloc[:n_bars])


def test_a_bar_on_a_day_without_a_session_belongs_to_the_next_week(prices: pd.DataFrame) -> None:
    """Friday, when the week closed, knows nothing of the Saturday."""
    saturday = prices.loc[["2016-06-17"]].set_axis(pd.DatetimeIndex(["2016-06-18"], name=prices.index.name)) * 3
    more = pd.concat([prices.loc[:"2016-06-17"], saturday, prices.loc["2016-06-20":]])
    with_it, without = (
        compute_features(each, ("daily", "weekly"), XNYS).filter(like="weekly") for each in (more, prices)
    )
    pd.testing.assert_frame_equal(with_it.loc[:"2016-06-17"], without.loc[:"2016-06-17"])
    assert (with_it.loc["2016-06-24"] != without.loc["2016-06-24"]).any()


def test_weeks_out_of_the_calendar_close_as_without_one(prices: pd.DataFrame) -> None:
    """What is known of the exchange of Riyadh begins with 2021."""
    weekly = compute_features(prices, FRAMES, ExchangeCalendar("XSAU"))
    pd.testing.assert_frame_equal(weekly, compute_features(prices, FRAMES))


def test_a_market_of_every_day_closes_its_week_on_sunday(prices: pd.DataFrame) -> None:
    days = prices.set_axis(pd.date_range("2020-01-01", periods=len(prices)))
    weekly = compute_features(days, ("daily", "weekly"), ExchangeCalendar("24/7"))["weekly_sma_7"].loc["2021":]
    assert set(weekly.index[weekly.diff() != 0][1:].day_name()) == {"Sunday"}
