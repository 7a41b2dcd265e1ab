"""Honest strategies of any kind pass the audit."""

import backtrader as bt
import pytest
from backtrader_walkforward.strategies.kelly import Kelly

from backtrader_walkforward import ForecastFeed, SubAccountBroker
from backtrader_walkforward.audit.finding import Verdict
from tests.audit.cerebro.conftest import audited_here, doubts_of, factory_of, faults_of

pytestmark = pytest.mark.slow


class Crossing(bt.Strategy):
    """Holds ten shares above the average."""

    params = dict(period=5)

    def __init__(self):
        self.average = bt.indicators.SMA(self.data.close, period=self.p.period)

    def next(self):
        self.order_target_size(target=10 if self.data.close[0] > self.average[0] else -10)


class Stopped(bt.Strategy):
    """Buys in a bracket, and rebuys after a loss."""

    def next(self):
        if not self.position and not self.broker.get_orders_open():
            close = self.data.close[0]
            self.buy_bracket(size=5, exectype=bt.Order.Market, stopprice=0.98 * close, limitprice=1.02 * close)


class StopAfterFill(bt.Strategy):
    """Sends its stop when it learns of the fill, with the price of the fill."""

    def notify_order(self, order):
        if order.status == order.Completed and order.isbuy():
            self.sell(size=5, exectype=bt.Order.StopTrail, trailpercent=0.02)

    def next(self):
        if not self.position and len(self) % 4 == 0:
            self.buy(size=5)


class AtTheOpen(bt.Strategy):
    """Decides in the morning, knowing the open."""

    def next_open(self):
        self.order_target_size(target=10 if self.data.open[0] > self.data.close[-1] else 0)


class Monthly(bt.Strategy):
    """Orders by a timer that knows the bar; a market order of it fills at the open after."""

    def __init__(self):
        self.add_timer(when=bt.timer.SESSION_START, monthdays=[1, 15], cheat=True)

    def notify_timer(self, *_, **__):
        self.order_target_size(target=10 if self.data.close[0] > self.data.open[0] else -10)


class ClosesAtTheEnd(bt.Strategy):
    """Buys on the first bar and sells on the last but one."""

    def next(self):
        if len(self) == 1:
            self.buy(size=10)
        if len(self) % 7 == 0:
            self.close()


COSTS = {"set_slippage_perc": dict(perc=0.001), "setcommission": dict(commission=0.0005)}


@pytest.mark.parametrize(
    ("strategy", "options"),
    [
        (Crossing, {"broker": COSTS}),
        (Crossing, {"broker": {"set_slippage_fixed": dict(fixed=0.5, slip_out=True), "set_coc": dict(coc=True)}}),
        (Stopped, {"broker": COSTS}),
        (StopAfterFill, {"broker": {"set_slippage_perc": dict(perc=0.001, slip_open=False)}}),
        (Crossing, {"broker": {"setcommission": dict(commission=-0.0002)}}),
        (AtTheOpen, {"cheat_on_open": True}),
        (Monthly, {}),
        (ClosesAtTheEnd, {}),
    ],
)
def test_an_honest_strategy_passes(prices, strategy, options):
    report = audited_here(factory_of(strategy, **options), prices)
    assert (faults_of(report), doubts_of(report)) == ({}, {})
    assert report.verdict == Verdict.PASS
    assert min(finding.compared for finding in report.findings) > 0


class Weekly(bt.Strategy):
    """Trades the days when a weekly bar is complete."""

    def __init__(self):
        self.weeks = 0
        self.average = bt.indicators.SMA(self.data1.close, period=3)

    def next(self):
        if len(self.data1) > self.weeks:
            self.weeks = len(self.data1)
            self.order_target_size(self.data0, 10 if self.data1.close[0] > self.average[0] else -10)


def with_weeks(prices):
    cerebro = bt.Cerebro()
    cerebro.broker.set_cash(100_000)
    daily = bt.feeds.PandasData(dataname=prices)
    cerebro.adddata(daily)
    cerebro.resampledata(daily, timeframe=bt.TimeFrame.Weeks)
    cerebro.addstrategy(Weekly)
    return cerebro


def test_a_strategy_on_resampled_weeks_passes(prices):
    report = audited_here(with_weeks, prices)
    assert (faults_of(report), doubts_of(report)) == ({}, {})


class Pair(bt.Strategy):
    """Buys the weaker of two."""

    def next(self):
        weaker = self.data0.close[0] / self.data0.close[-1] < self.data1.close[0] / self.data1.close[-1]
        self.order_target_size(self.data0, 5 if weaker else 0)
        self.order_target_size(self.data1, 0 if weaker else 5)


class PairAtTheOpen(bt.Strategy):
    """Buys, in the morning, the one that opens lower. Without a bar today, Backtrader would fill at an earlier open."""

    def next_open(self):
        today = max(data.datetime[0] for data in self.datas if len(data))
        falls = [data.open[0] / data.close[-1] if len(data) > 1 else 1.0 for data in self.datas]
        for data, fall in zip(self.datas, falls, strict=True):
            if len(data) and data.datetime[0] == today:
                self.order_target_size(data, 5 if fall == min(falls) else 0)


@pytest.mark.parametrize(("strategy", "options"), [(Pair, {}), (PairAtTheOpen, {"cheat_on_open": True})])
def test_several_feeds_with_other_days_pass(prices, strategy, options):
    other = prices.drop(prices.index[[3, 40, 41]]) * [2, 2, 2, 2, 1]
    report = audited_here(factory_of(strategy, **options), {"one": prices, "other": other})
    assert (faults_of(report), doubts_of(report)) == ({}, {})


def sized(prices):
    cerebro = bt.Cerebro()
    bars = prices.assign(predicted_return=prices["Close"].pct_change().fillna(0.0))
    cerebro.adddata(ForecastFeed(dataname=bars))
    cerebro.setbroker(SubAccountBroker(cash=50_000))
    cerebro.addstrategy(Kelly, active_share=0.3, stop_loss=0.05)
    cerebro.addstrategy(Kelly)
    return cerebro


def test_sizing_strategies_pass_with_a_name_each(prices):
    report = audited_here(sized, prices)
    assert (faults_of(report), doubts_of(report)) == ({}, {})
    assert {finding.name for finding in report.findings if finding.stage == "strategy"} == {"Kelly", "Kelly 2"}
