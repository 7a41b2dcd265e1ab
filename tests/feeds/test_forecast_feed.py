import backtrader as bt
import numpy as np
import pandas as pd

from feeds.forecast_feed import ForecastFeed


class Recorder(bt.Strategy):
    def __init__(self):
        self.seen = []

    def next(self):
        data = self.data
        self.seen.append((data.close[0], data.predicted_return[0], data.predicted_close[0], data.volatility[0]))


def run(frame):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=frame))
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
