"""Features as lines of a feed: the values of `compute_features`, known at the close of their bar."""

from datetime import datetime

import backtrader as bt
import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.features import FEATURE_NAMES, WARM_UP, compute_features
from backtrader_walkforward.trading.forecast_feed import ForecastFeed, GrowingFeed

WAYS = [{}, {"runonce": False}, {"preload": False, "runonce": False}, {"exactbars": True}]
"""All bars at once, or each when it is due."""


@pytest.fixture(scope="module")
def bars(sample):
    return sample.iloc[:80]


def ran(feed, strategy, **how):
    cerebro = bt.Cerebro(stdstats=False, **how)
    cerebro.adddata(feed)
    cerebro.addstrategy(strategy)
    return cerebro.run()[0]


class Reads(bt.Strategy):
    """Reads every feature at every close."""

    def __init__(self):
        self.seen = []

    def next(self):
        self.seen.append([getattr(self.data, name)[0] for name in FEATURE_NAMES])


@pytest.mark.parametrize("how", WAYS, ids=str)
def test_every_feature_is_that_of_the_same_bar_to_the_bit(bars, how):
    expected = compute_features(bars)
    frame = bars.assign(volatility=expected["volatility"])
    seen = np.array(ran(ForecastFeed(dataname=frame), Reads, **how).seen)
    np.testing.assert_array_equal(seen, expected.to_numpy())


def test_a_feed_that_grows_gives_what_the_whole_history_gives(bars):
    features = compute_features(bars)
    rows = (row for _, row in bars.iloc[60:].iterrows())
    feed = GrowingFeed(dataname=bars.iloc[:60].copy(), more=rows)
    seen = pd.DataFrame(ran(feed, Reads, preload=False, runonce=False).seen, bars.index, FEATURE_NAMES)
    pd.testing.assert_series_equal(seen["rsi"], features["rsi"], check_freq=False)
    pd.testing.assert_series_equal(seen["atr_14"], features["atr_14"], check_freq=False)


class ReadsMean(bt.Strategy):
    """Reads the close and the mean of seven closes."""

    def __init__(self):
        self.seen = []

    def next(self):
        self.seen.append((self.data.close[0], self.data.sma_7[0]))


RISING = pd.DataFrame(
    [[close, close, close, close, 1.0] for close in range(100, 130)],
    pd.bdate_range("2024-01-01", periods=30),
    ["Open", "High", "Low", "Close", "Volume"],
    dtype=float,
)


@pytest.mark.parametrize("how", WAYS, ids=str)
def test_a_feature_is_that_of_the_bars_that_a_first_date_leaves(how):
    feed = ForecastFeed(dataname=RISING, fromdate=datetime(2024, 1, 17))
    seen = ran(feed, ReadsMean, **how).seen
    assert seen[0][0] == 112.0
    assert (seen[6], seen[-1]) == ((118.0, 115.0), (129.0, 126.0))


@pytest.mark.parametrize("how", WAYS, ids=str)
def test_a_feature_is_that_of_the_bars_that_a_filter_leaves(how):
    feed = ForecastFeed(dataname=RISING)
    feed.addfilter_simple(lambda data: data.close[0] in (122.0, 124.0))
    seen = ran(feed, ReadsMean, **how).seen
    # 120, 121, 123, 125, 126, 127, 128
    assert seen[-2] == (128.0, pytest.approx(870 / 7))
    assert len(seen) == 28


@pytest.mark.parametrize("how", WAYS, ids=str)
def test_a_filter_that_reads_a_feature_leaves_no_value_of_a_bar_that_it_drops(how):
    feed = ForecastFeed(dataname=RISING)
    feed.addfilter_simple(lambda data: data.sma_7[0] == 106.0)  # 109 after 103 to 108
    seen = ran(feed, ReadsMean, **how).seen
    assert seen[8:10] == [(108.0, 105.0), (110.0, pytest.approx(743 / 7))]


class Builds(bt.Strategy):
    """Makes an indicator and a comparison of features, and reads backwards."""

    def __init__(self):
        self.mean = bt.indicators.SMA(self.data.rsi, period=3)
        self.above = self.data.rsi > self.mean
        self.rows = []

    def next(self):
        before = self.data.rsi[-1], self.data.rsi[0]
        self.rows.append((len(self), self.mean[0], bool(self.above[0]), self.data.rsi > 50, *before))


@pytest.mark.parametrize("how", WAYS[:3], ids=str)
def test_indicators_and_comparisons_take_a_feature_as_any_line(bars, how):
    rsi = compute_features(bars)["rsi"].to_numpy()
    mean = pd.Series(rsi).rolling(3).mean().to_numpy()
    rows = ran(ForecastFeed(dataname=bars), Builds, **how).rows
    assert rows[0][0] == WARM_UP + 3
    for length, average, above, high, before, now in rows:
        assert (before, now) == (rsi[length - 2], rsi[length - 1])
        assert average == pytest.approx(mean[length - 1], rel=1e-12)
        assert above == (now > average)
        assert high == (now > 50)


@pytest.mark.parametrize("ago", [1, -1])
def test_no_bar_of_the_future_is_read_nor_one_before_the_first(bars, ago):
    class Looks(bt.Strategy):
        def next(self):
            self.data.rsi[ago]

    with pytest.raises(IndexError, match=f"the line rsi has no bar {ago}: 0 is the current one"):
        ran(ForecastFeed(dataname=bars), Looks)


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda line: line.__setitem__(0, 50.0), "the line rsi cannot be written"),
        (lambda line: line.array.__setitem__(0, 50.0), "the bars are those of all strategies and cannot be written"),
    ],
)
def test_a_feature_cannot_be_written(bars, write, words):
    class Writes(bt.Strategy):
        def next(self):
            write(self.data.rsi)

    with pytest.raises(TypeError, match=words):
        ran(ForecastFeed(dataname=bars), Writes)


def test_nothing_is_computed_for_who_reads_none(bars):
    feed = ForecastFeed(dataname=bars)
    ran(feed, bt.Strategy)
    assert "_features" not in vars(feed)
    with pytest.raises(AttributeError, match="no_such_line"):
        _ = feed.no_such_line
