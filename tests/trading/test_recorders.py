from datetime import date

import backtrader as bt
import pytest
from backtrader_walkforward.strategies.kelly import Kelly

from backtrader_walkforward.trading.recorders import EquityCurve, Recorder


def test_a_recorder_that_says_not_what_it_records_is_refused(signals):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=signals))
    cerebro.addanalyzer(type("Records", (Recorder,), {}))
    cerebro.addstrategy(bt.Strategy)
    with pytest.raises(NotImplementedError):
        cerebro.run()


def test_a_strategy_that_never_begins_has_an_empty_curve(signals, run):
    [ran] = run(signals, (Kelly, {"first_day": date(2050, 1, 1)}), analyzers=[EquityCurve])
    assert [len(series) for series in ran.analyzers.EquityCurve.get_analysis().values()] == [0, 0, 0]


def test_a_plain_strategy_without_bars_has_an_empty_curve(signals, run):
    [ran] = run(signals.iloc[:0], (bt.Strategy, {}), analyzers=[EquityCurve])
    assert [len(series) for series in ran.analyzers.EquityCurve.get_analysis().values()] == [0, 0, 0]
