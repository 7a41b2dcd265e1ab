"""Dividends in cash, by hand: 100 shares, bought at 10 of 1,000, and 0.50 a share on Monday, the ex-day."""

import backtrader as bt
import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades
from backtrader_walkforward.analyzers.costs import Costs
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward.brokers import Stops, SubAccountBroker
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from tests.one_account import OneAccount

OPENS, CLOSES = [10, 10, 10, 9.5, 9.5, 9.5], [10, 10, 10, 9.5, 9.5, 9.5]
MONDAY = [0, np.nan, 0, 0.5, 0, 0]


class Orders(OneAccount):
    """Sends a target weight, or whatever else a function of the strategy does, at the close of each bar."""

    params = dict(orders=())

    def order(self):
        order = dict(enumerate(self.p.orders, start=1)).get(len(self))
        if callable(order):
            order(self)
        elif order is not None:
            self.account.order_target_weight(self.data, order)


@pytest.fixture
def trade(bars_of, run):
    def trade(*orders, dividend=MONDAY, coc=False, stops=(), **cerebro):
        bars = bars_of(OPENS, CLOSES)
        bars = bars if dividend is None else bars.assign(dividend=dividend)
        broker = SubAccountBroker(cash=1_000.0, coc=coc)
        params = {"orders": orders, "stops": Stops(**dict(stops))}
        return run(bars, (Orders, params), broker=broker, analyzers=[Costs, ClosedTrades], **cerebro)[0]

    return trade


def paid(ran):
    return [(flow.date.day, flow.kind, round(flow.amount, 9), round(flow.size, 9)) for flow in ran.account.cash_flows]


@pytest.mark.parametrize("preload", [True, False])
def test_shares_held_before_the_ex_day_are_paid_for(trade, preload):
    ran = trade(1.0, preload=preload, runonce=preload)
    assert paid(ran) == [(6, "dividend", 50.0, 100.0)]
    assert [round(cash, 6) for cash, _ in ran.closes] == [1000, 0, 0, 50, 50, 50]
    assert [round(value, 6) for _, value in ran.closes] == [1000, 1000, 1000, 1000, 1000, 1000]


@pytest.mark.parametrize(
    ("orders", "flows"),
    [
        ([None, None, 1.0], []),
        ([1.0, None, 0.0], [50.0]),
        ([1.0, 0.0], []),
        ([-1.0], [-50.0]),
        ([0.5, None, 1.0], [25.0]),
    ],
    ids=["bought at the open of the ex-day", "sold there", "sold before", "short", "half"],
)
def test_the_position_before_the_fills_of_the_ex_day_counts(trade, orders, flows):
    assert [amount for _, _, amount, _ in paid(trade(*orders))] == flows


@pytest.mark.parametrize(
    ("orders", "flows"),
    [([None, None, 1.0], [50.0]), ([1.0, None, 0.0], []), ([None, None, None, 1.0], [])],
    ids=["bought at the close before", "sold there", "bought at the close of the ex-day"],
)
def test_filled_at_the_close_before_the_ex_day(trade, orders, flows):
    assert [amount for _, _, amount, _ in paid(trade(*orders, coc=True))] == flows


def test_a_fill_at_the_close_is_sized_without_the_dividend_that_comes_after(trade):
    ran = trade(None, None, 1.0, coc=True)
    assert ran.account.getposition(ran.data).size == pytest.approx(100)
    assert ran.closes[3][0] == pytest.approx(50)


def test_plain_orders_at_the_close(trade):
    """20 are bought at the close before the ex-day, at the market; 10 within the ex-day, at a limit."""

    def buy(strategy):
        strategy.buy(size=20)
        strategy.buy(size=10, price=9.6, exectype=bt.Order.Limit)

    ran = trade(None, None, buy, coc=True)
    assert ran.account.getposition(ran.data).size == 30
    assert paid(ran) == [(6, "dividend", 10.0, 20.0)]


def test_the_stop_that_the_ex_day_reaches_still_got_it(trade):
    ran = trade(1.0, stops={"stop_loss": 0.05})
    assert paid(ran) == [(6, "dividend", 50.0, 100.0)]
    assert ran.closes[-1] == pytest.approx((1000, 1000))


def test_both_accounts_of_a_hybrid(bars_of, run):
    bars = bars_of(OPENS, CLOSES, predicted_return=[0.1] * 6).assign(dividend=MONDAY)
    ran = run(bars, (Binary, {"active_share": 0.4}), broker=SubAccountBroker(cash=1_000.0), analyzers=[Costs])[0]
    flows = ran.analyzers.Costs.get_analysis()["cash_flows"]
    assert flows[["account", "kind"]].to_numpy().tolist() == [["active", "dividend"], ["passive", "dividend"]]
    assert flows["amount"].tolist() == pytest.approx([20.0, 30.0])


def test_a_dividend_is_part_of_the_profit_of_its_trade(trade):
    [trade] = trade(1.0, None, None, 0.0).analyzers.ClosedTrades.get_analysis()["closed"].to_dict("records")
    assert (round(trade["profit"], 9), trade["borrowing"]) == (0.0, 0.0)


def test_without_the_line_or_without_a_dividend_nothing_is_done(trade):
    for dividend in (None, [0.0, np.nan] * 3):
        ran = trade(1.0, dividend=dividend)
        assert ran.account.payers == ran.account.cash_flows == []


@pytest.mark.parametrize("wrong", [-0.5, np.inf])
def test_what_is_no_dividend_is_refused(trade, wrong):
    with pytest.raises(ArgumentError, match=f"cash per share, above 0: found {wrong:g} on 2020-01-06"):
        trade(1.0, dividend=[0, 0, 0, wrong, 0, 0])


class PlainFeed(bt.feeds.PandasData):
    lines = ("dividend",)
    params = (("dividend", -1),)


def feed_of(bars_of, **columns):
    return PlainFeed(dataname=bars_of(OPENS, CLOSES).assign(**columns))


def run_feeds(*feeds, add=bt.Cerebro.adddata, orders=(1.0,), **timeframe):
    cerebro = bt.Cerebro(stdstats=False)
    for feed in feeds:
        add(cerebro, feed, **timeframe)
    cerebro.setbroker(SubAccountBroker(cash=1_000.0))
    cerebro.addstrategy(Orders, orders=orders)
    return cerebro.run()[0]


def test_a_feed_of_ones_own_in_a_cerebro_of_ones_own(bars_of):
    assert paid(run_feeds(feed_of(bars_of, dividend=MONDAY))) == [(6, "dividend", 50.0, 100.0)]


def test_days_that_another_feed_repeats_pay_once(bars_of):
    """The other feed is traded at the weekend, too, and on two days after the last bar of the first."""
    other = bars_of([1.0] * 10, [1.0] * 10).set_axis(pd.date_range("2020-01-01", periods=10), axis="index")
    with pytest.warns(UserWarning, match="holds 100 of data0, which ends on 2020-01-08, before others"):
        ran = run_feeds(feed_of(bars_of, dividend=[0, 0, 0.5, 0, 0, 0.1]), ForecastFeed(dataname=other))
    assert paid(ran) == [(3, "dividend", 50.0, 100.0), (8, "dividend", 10.0, 100.0)]


WAYS = pytest.mark.parametrize("way", [bt.Cerebro.resampledata, bt.Cerebro.replaydata])
PRELOAD = pytest.mark.parametrize("preload", [True, False])


class Buys(OneAccount):
    """Buys one of its feeds once all have bars."""

    params = dict(number=0)

    def order(self):
        if not self.account.getposition(self.datas[self.p.number]).size:
            self.account.order_target_weight(self.datas[self.p.number], 1.0)


def run_week(way, bars_of, number, feed=PlainFeed, preload=True, beside=True, **columns):
    """Buy a feed of weeks made of 15 days, as number 1, or the feed of the days as number 0 if these are `beside`."""
    feed = feed(dataname=bars_of([10.0] * 15, [10.0] * 15).assign(**columns))
    cerebro = bt.Cerebro(stdstats=False, preload=preload, runonce=preload)
    if beside:
        cerebro.adddata(feed)
    way(cerebro, feed, timeframe=bt.TimeFrame.Weeks)
    cerebro.setbroker(SubAccountBroker(cash=1_000.0))
    cerebro.addstrategy(Buys, number=number)
    return cerebro.run()[0]


LATE = [0.0] * 13 + [0.5, 0.0]


@WAYS
@PRELOAD
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside its days"])
def test_a_week_is_not_held_over_a_dividend_of_its_days(bars_of, way, preload, beside):
    with pytest.raises(ArgumentError, match="a feed is resampled or replayed from bars with a line dividend, which"):
        run_week(way, bars_of, int(beside), preload=preload, beside=beside, dividend=LATE)


@WAYS
@PRELOAD
def test_a_week_is_read_beside_the_days_that_pay(bars_of, way, preload):
    ran = run_week(way, bars_of, 0, preload=preload, dividend=LATE)
    assert paid(ran) == [(20, "dividend", 50.0, 100.0)]
    assert len(ran.datas[1]) > 1


@WAYS
@PRELOAD
@pytest.mark.parametrize("columns", [{}, {"dividend": 0.0}], ids=["no dividends", "none above 0"])
def test_a_week_is_traded_where_no_day_pays(bars_of, way, preload, columns):
    ran = run_week(way, bars_of, 1, ForecastFeed, preload, **columns)
    assert ran.account.getposition(ran.datas[1]).size == pytest.approx(100)
    assert paid(ran) == []
