from datetime import date

import backtrader as bt
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades
from backtrader_walkforward.strategies.kelly import Kelly

from backtrader_walkforward.brokers import SubAccountBroker, TradingCosts
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


class Short(bt.Strategy):
    """Opens an account, keeps the broker of all as its own, and is short 50 shares over a weekend."""

    def __init__(self):
        self.own = SubAccountBroker.of(self.env).open_accounts(self, {"core": 1.0}).accounts["core"]

    def next(self):
        if len(self) in (1, 3):
            self.own.order_target_weight(self.data, -0.5 if len(self) == 1 else 0.0)


def test_accounts_of_a_strategy_that_keeps_the_broker_of_all_are_found(bars_of, run):
    broker = SubAccountBroker(cash=1_000.0)
    broker.addcommissioninfo(TradingCosts(interest=0.365))
    [ran, _] = run(bars_of([10] * 5, [10] * 5), (Short, {}), (Short, {}), broker=broker, analyzers=[ClosedTrades])
    found = ran.analyzers.ClosedTrades.get_analysis()
    assert found["closed"]["borrowing"].tolist() == pytest.approx([50 * 10 * 0.365 * 4 / 365])  # Thursday to Monday
    assert found["win_rate"] == 0.0
