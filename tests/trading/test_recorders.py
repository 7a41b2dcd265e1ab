from datetime import date

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades
from backtrader_walkforward.analyzers.exposure import Exposure
from backtrader_walkforward.analyzers.performance import Performance
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
    curve = ran.analyzers.EquityCurve.get_analysis()
    assert [len(curve[name]) for name in ("equity", "accounts", "growth")] == [0, 0, 0]


def test_a_plain_strategy_without_bars_has_an_empty_curve(signals, run):
    [ran] = run(signals.iloc[:0], (bt.Strategy, {}), analyzers=[EquityCurve])
    curve = ran.analyzers.EquityCurve.get_analysis()
    assert [len(curve[name]) for name in ("equity", "accounts", "growth")] == [0, 0, 0]


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


class Buys(bt.Strategy):
    """Buys ten shares of its second feed on a bar of it, with what cash it sets at the start."""

    params = dict(on=1, cash=None)

    def start(self):
        if self.p.cash:
            self.broker.set_cash(self.p.cash)

    def prenext(self):
        self.next()

    def next(self):
        if len(self.data1) == self.p.on and not self.getposition(self.data1).size:
            self.buy(self.data1, size=10)


def measured(*markets, given=1_000.0, **params):
    """Trade markets, each its closes by day, and return the performance, the curves and the exposure."""
    cerebro = bt.Cerebro(stdstats=False)
    for closes in markets:
        prices = dict.fromkeys(("open", "high", "low", "close"), closes)
        cerebro.adddata(bt.feeds.PandasData(dataname=pd.DataFrame(prices, dtype=float).assign(volume=1.0)))
    cerebro.broker.set_cash(given)
    cerebro.addstrategy(Buys, **params)
    for analyzer in (Performance, EquityCurve, Exposure):
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    [ran] = cerebro.run()
    return [ran.analyzers.getbyname(kind.__name__).get_analysis() for kind in (Performance, EquityCurve, Exposure)]


def market(first, closes):
    return pd.Series(closes, pd.bdate_range(first, periods=len(closes)))


@pytest.mark.parametrize(("given", "own"), [(1_000.0, None), (5_000.0, 1_000.0)])
def test_a_loss_before_the_first_recorded_close_is_a_loss_of_the_capital(given, own):
    markets = market("2024-01-10", [100] * 4), market("2024-01-01", [50, 50, 40, 30] + [25] * 7)
    performance, curve, _ = measured(*markets, given=given, cash=own)
    # ten shares from 50 to 25
    assert performance["total_return"] == -0.25
    assert performance["max_drawdown"] == -0.25
    assert curve["equity"].tolist() == [750] * 4
    assert curve["growth"].tolist() == [1_000, 750, 750, 750, 750]
    assert curve["growth"].index[0] == pd.Timestamp("2024-01-09")


def test_what_another_feed_loses_after_the_first_has_ended_is_recorded():
    markets = market("2024-01-01", [100] * 3), market("2024-01-01", [100, 100, 100, 50, 20, 90])
    performance, curve, exposure = measured(*markets)
    assert curve["equity"].tolist() == [1_000, 1_000, 1_000, 500, 200, 900]
    assert (performance["final_value"], performance["max_drawdown"]) == (900, -0.8)
    assert exposure["daily"].tolist() == [0, 1, 1, 1, 1, 1]


def test_days_of_a_feed_that_is_only_read_are_none_of_the_strategys():
    markets = market("2024-01-01", [100] * 3), market("2024-01-01", [100, 100, 100, 50, 20, 90])
    _, curve, _ = measured(*markets, on=None)
    assert len(curve["equity"]) == 3


class Withdraws(bt.Strategy):
    """Takes half of the cash on the third day."""

    def next(self):
        if len(self) == 3:
            self.broker.set_cash(500.0)


def test_the_capital_is_that_of_the_first_day(bars_of, run):
    """Backtrader's set_cash writes the starting cash anew: the withdrawal made the loss before it a gain."""
    broker = bt.brokers.BackBroker(cash=1_000.0)
    [ran] = run(bars_of([10] * 5, [10] * 5), (Withdraws, {}), broker=broker, analyzers=[EquityCurve])
    growth = ran.analyzers.EquityCurve.get_analysis()["growth"]
    assert (len(growth), growth.iloc[0]) == (5, 1_000.0)


def test_a_strategy_without_accounts_sees_the_capital_of_all(bars_of, run):
    broker = SubAccountBroker(cash=1_000.0)
    strategies = [(Short, {}), (Short, {}), (bt.Strategy, {})]
    *_, watcher = run(bars_of([10] * 5, [10] * 5), *strategies, broker=broker, analyzers=[Performance])
    assert watcher.analyzers.Performance.get_analysis()["total_return"] == 0.0
