import backtrader as bt
import pytest

from backtrader_walkforward.trading.recorders import Recorder


def test_a_recorder_that_says_not_what_it_records_is_refused(signals):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=signals))
    cerebro.addanalyzer(type("Records", (Recorder,), {}))
    cerebro.addstrategy(bt.Strategy)
    with pytest.raises(NotImplementedError):
        cerebro.run()
