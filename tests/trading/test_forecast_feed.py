import backtrader as bt
import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.trading.forecast_feed import ForecastFeed, GrowingFeed


class Recorder(bt.Strategy):
    def __init__(self):
        self.seen = []

    def next(self):
        data = self.data
        self.seen.append((data.close[0], data.predicted_return[0], data.predicted_close[0], data.volatility[0]))


def run(frame, feed=None, **cerebro_arguments):
    cerebro = bt.Cerebro(stdstats=False, **cerebro_arguments)
    cerebro.adddata(ForecastFeed(dataname=frame) if feed is None else feed)
    cerebro.addstrategy(Recorder)
    return cerebro.run()[0].seen


def bars():
    values = {"Open": 1.0, "High": 3.0, "Low": 1.0, "Close": [2.0, 2.5], "Volume": 7.0}
    return pd.DataFrame(values, index=pd.date_range("2020-01-01", periods=2, name="Date"))


def test_lines_hold_the_columns():
    frame = bars().assign(predicted_return=[0.1, np.nan], predicted_close=[2.2, 2.4], volatility=0.01)
    seen = run(frame)
    assert seen[0] == (2, 0.1, 2.2, 0.01)
    assert np.isnan(seen[1][1])
    assert seen[1][2] == 2.4


def test_absent_columns_are_nan():
    seen = run(bars().assign(predicted_return=0.5))
    assert [row[:2] for row in seen] == [(2, 0.5), (2.5, 0.5)]
    assert np.isnan(seen[1][2:]).all()


WAYS = [{}, {"runonce": False}, {"preload": False}, {"exactbars": 1}, {"lookahead": 2}]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_way_of_loading_gives_the_same_plain_floats(sample, way):
    frame = sample.iloc[:50].assign(predicted_return=0.5, predicted_close=1.5, volatility=range(50))
    seen = run(frame, **way)
    expected = frame[["Close", "predicted_return", "predicted_close", "volatility"]]
    assert seen == [tuple(row) for row in expected.to_numpy()]
    assert {type(value) for row in seen for value in row} == {float}


def test_times_are_those_of_backtraders_own_feed():
    index = pd.date_range("2020-01-01 09:30", periods=3, freq="7min", tz="America/New_York")
    frame = pd.DataFrame(1.0, index, ["Open", "High", "Low", "Close", "Volume"])

    def dates(feed):
        cerebro = bt.Cerebro(stdstats=False)
        cerebro.adddata(feed(dataname=frame))
        cerebro.addstrategy(bt.Strategy)
        [strategy] = cerebro.run()
        return list(strategy.data.datetime.array)

    assert dates(ForecastFeed) == dates(bt.feeds.PandasData)


@pytest.mark.parametrize("way", [*WAYS, {"preload": False, "runonce": False}, {"exactbars": -1}], ids=str)
def test_dates_outside_the_asked_for_are_left_out(sample, way):
    """Bar by bar after `preload` this was a TypeError."""
    frame = sample.iloc[:9].assign(predicted_return=0.5)
    first, last = frame.index[[2, 5]].to_pydatetime()
    seen = run(frame, ForecastFeed(dataname=frame, fromdate=first, todate=last), **way)
    assert [row[0] for row in seen] == frame["Close"].iloc[2:6].tolist()


def test_a_feed_runs_twice(sample):
    feed = ForecastFeed(dataname=sample.iloc[:9])
    assert len(run(None, feed)) == len(run(None, feed)) == 9


def test_a_filter_sees_every_bar(sample):
    feed = ForecastFeed(dataname=sample.iloc[:20])
    feed.addfilter_simple(lambda data: data.datetime.date().weekday() == 4)
    assert len(run(None, feed)) == 16  # 20 without four Fridays


class Ticks(bt.Strategy):
    def __init__(self):
        self.seen = []

    def next(self):
        data = self.data
        self.seen.append((data.tick_open, data.tick_close, data.tick_last, data.tick_volume))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_ticks_are_those_of_backtraders_own_feed(way):
    def ticks(feed):
        cerebro = bt.Cerebro(stdstats=False, **way)
        cerebro.adddata(feed(dataname=bars()))
        cerebro.addstrategy(Ticks)
        return cerebro.run()[0].seen

    assert ticks(ForecastFeed) == ticks(bt.feeds.PandasData)
    assert ticks(ForecastFeed)[0] == (1.0, 2.0, 2.0, 7.0)


def test_a_growing_feed_asks_for_a_row_once_the_bar_before_is_decided_on():
    frame = bars().assign(predicted_return=0.5, predicted_close=[2.2, 2.4], volatility=0.01)
    decided, lengths = [], []

    class Decides(bt.Strategy):
        def next(self):
            decided.append(self.data.close[0])
            lengths.append((len(self.data.p.dataname), self.data.close.buflen()))

    def later():
        for close in (3.0, 3.5):
            assert decided[-1] == frame["Close"].iloc[-1]
            day = frame.index[-1] + pd.Timedelta(days=1)
            yield pd.Series([close, close, close, close, 7.0, 0.5, close, 0.01], frame.columns, name=day)

    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(GrowingFeed(dataname=frame, more=later()))
    cerebro.addstrategy(Decides)
    cerebro.run(preload=False, runonce=False)
    assert decided == [2.0, 2.5, 3.0, 3.5]
    assert lengths == [(2, 1), (2, 2), (3, 3), (4, 4)]
    assert list(frame["Close"]) == decided
    assert cerebro.datas[0].changed_lines() == []
