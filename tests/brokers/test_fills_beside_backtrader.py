"""Fills of the account's own orders where Backtrader has a rule of its own: interest, replays, parts, refusals."""

import backtrader as bt
import pandas as pd
import pytest

from backtrader_walkforward import PlainOrders
from backtrader_walkforward.brokers import Stops, SubAccountBroker
from backtrader_walkforward.errors import ArgumentError


class Acts(bt.Strategy):
    """Does `act` at each close of the first feed, by its number; records cash, and the positions in all feeds."""

    params = dict(act=dict, stops=Stops())

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"active": 1.0})
        self.account = self.broker.accounts["active"]
        self.account.stops = self.p.stops
        self.closes, self.fills, self.profits = [], [], []

    def notify_order(self, order):
        if order.status in (order.Partial, order.Completed):
            self.fills.append(
                (self.data.datetime.date(0).day, order.executed.exbits[-1].size, order.executed.exbits[-1].price)
            )

    def notify_trade(self, trade):
        self.profits += [trade.pnlcomm] * trade.isclosed

    def next(self):
        self.closes.append((self.account.getcash(), *(self.account.positions[data].size for data in self.datas)))
        self.p.act.get(len(self.closes), lambda strategy: None)(self)


def feed(bars, days=None):
    days = days or range(6, 6 + len(bars))
    index = pd.DatetimeIndex([f"2020-01-{day:02d}" for day in days])
    frame = pd.DataFrame(bars, index, ["open", "high", "low", "close"], dtype=float).assign(volume=1000.0)
    return bt.feeds.PandasData(dataname=frame)


class ActsAtTheOpen(Acts):
    """Acts before the open of the bar after is traded, as `cheat_on_open` allows."""

    def next_open(self):
        self.p.act.get(len(self.closes) + 0.5, lambda strategy: None)(self)


def trade(broker, *feeds, act, stops=None, replay=False, strategy=Acts, **of_cerebro):
    cerebro = bt.Cerebro(stdstats=False, **of_cerebro)
    for one in feeds:
        cerebro.replaydata(one, timeframe=bt.TimeFrame.Weeks) if replay else cerebro.adddata(one)
    cerebro.setbroker(broker)
    cerebro.addstrategy(strategy, act=act, stops=stops or Stops())
    return cerebro.run()[0]


def weigh(weight, number=0):
    return lambda strategy: strategy.account.order_target_weight(strategy.datas[number], weight)


class ByTheNight(bt.CommInfoBase):
    """One per cent of a short for each night, by a rule of its own."""

    params = dict(stocklike=True)

    def get_credit_interest(self, data, pos, dt):
        return 0.01 * -min(pos.size, 0) * data.close[0] * (dt.date() - pos.datetime.date()).days


def test_nights_before_a_fill_are_charged_by_a_scheme_with_a_rule_of_its_own():
    broker = SubAccountBroker(cash=1000.0)
    broker.addcommissioninfo(ByTheNight())
    strategy = trade(broker, feed([(100, 100, 100, 100)] * 5), act={1: weigh(-1), 3: weigh(0)})
    assert [cash for cash, _ in strategy.closes] == [1000, 2000, 1990, 980, 980]


def test_a_weight_of_1_is_what_the_cash_pays_after_the_nights_of_such_a_scheme():
    broker = SubAccountBroker(cash=1000.0)
    broker.addcommissioninfo(HoldingFee())
    strategy = trade(broker, feed([(100, 100, 100, 100)] * 4), act={1: weigh(0.5), 2: weigh(1), 3: weigh(1)})
    # 5 shares cost 5 a night, and 495 buy 4.95 more; 9.95 cost 9.95, for which a share is sold in part
    assert [round(size, 6) for _, size in strategy.closes] == [0, 5, 9.95, 9.8505]
    assert [(flow.kind, round(flow.amount, 6)) for flow in strategy.account.cash_flows] == [
        ("borrowing", -5),
        ("borrowing", -9.95),
    ]


def test_what_one_asset_sells_pays_for_the_other_under_such_a_scheme():
    broker = SubAccountBroker(cash=1000.0)
    broker.addcommissioninfo(HoldingFee())
    flat = [(100, 100, 100, 100)] * 3
    act = {1: weigh(1), 2: lambda strategy: [weigh(0)(strategy), weigh(1, number=1)(strategy)]}
    strategy = trade(broker, feed(flat), feed(flat), act=act)
    assert [[round(size, 6) for size in sizes] for _, *sizes in strategy.closes] == [[0, 0], [10, 0], [0, 9.9]]


class HoldingFee(bt.CommInfoBase):
    """One per cent of the shares held for each night."""

    params = dict(stocklike=True)

    def get_credit_interest(self, data, pos, dt):
        return 0.01 * abs(pos.size) * data.close[0] * (dt.date() - pos.datetime.date()).days


class AFeeEachBar(HoldingFee):
    def get_credit_interest(self, data, pos, dt):
        return 1.0


def test_a_scheme_that_would_charge_twice_is_refused():
    broker = SubAccountBroker(cash=1000.0)
    broker.addcommissioninfo(AFeeEachBar())
    with pytest.raises(
        ArgumentError, match=r"^AFeeEachBar.get_credit_interest\(\) is asked twice .* found 1 more: over"
    ):
        trade(broker, feed([(100, 100, 100, 100)] * 3), act={1: weigh(0.5)})


RISING = [(100, 101, 99, 100), (110, 111, 109, 112), (120, 121, 119, 122), (130, 131, 129, 132)]


@pytest.mark.parametrize(
    ("moment", "fill"), [(1.5, (7, 500 / 110, 110)), (2, (8, 500 / 120, 120)), (2.5, (8, 500 / 120, 120))]
)
@pytest.mark.parametrize("runonce", [True, False])
def test_a_weight_of_next_open_fills_at_that_open_and_one_of_next_at_the_one_after(moment, fill, runonce):
    act, cheats = {moment: weigh(0.5)}, {"cheat_on_open": True, "runonce": runonce}
    strategy = trade(SubAccountBroker(cash=1000.0), feed(RISING), act=act, strategy=ActsAtTheOpen, **cheats)
    assert strategy.fills == [pytest.approx(fill)]


def test_a_weight_of_next_open_waits_for_a_bar_of_its_feed():
    holiday = feed([(50, 50, 50, 50), (60, 60, 60, 60), (80, 80, 80, 80)], days=[6, 7, 9])
    act = {2.5: weigh(0.5, number=1)}
    broker = SubAccountBroker(cash=1000.0)
    strategy = trade(broker, feed(RISING), holiday, act=act, strategy=ActsAtTheOpen, cheat_on_open=True)
    assert strategy.fills == [(9, 500 / 80, 80)]


def test_nights_before_a_stop_at_the_open_are_charged_by_it():
    broker = SubAccountBroker(cash=1000.0)
    broker.addcommissioninfo(ByTheNight())
    bars = [(100, 100, 100, 100)] * 3 + [(120, 120, 100, 100)] * 2
    strategy = trade(broker, feed(bars), act={1: weigh(-1)}, stops=Stops(stop_loss=0.1))
    assert [cash for cash, _ in strategy.closes] == [1000, 2000, 1990, 780, 780]
    assert strategy.profits == [-200]  # 10 sold at 100 and bought at 120; the two nights of 10 are no commission
    assert [flow.amount for flow in strategy.account.cash_flows] == [-10, -10]


def test_a_replayed_week_fills_at_the_day_that_has_come_not_at_the_open_of_the_week():
    days = feed([(100 + day, 102 + day, 99 + day, 101 + day) for day in range(7)])
    strategy = trade(SubAccountBroker(cash=1000.0), days, act={3: weigh(0.5)}, replay=True)
    assert strategy.fills == [(9, pytest.approx(500 / 103), 103)]


def at_most_4(order, price, ago):
    return min(4.0, abs(order.executed.remsize))


@pytest.mark.parametrize("kind", ["stop_loss", "trailing_stop"])
def test_the_rest_of_a_stop_that_fills_in_parts_rests_on_the_next_bar_at_its_level(kind):
    def buys_10_and_trades_in_parts(strategy):
        strategy.account.set_filler(at_most_4)

    fall = [(100, 100, 80, 95), (95, 96, 80, 90), (90, 91, 80, 85), (85, 86, 80, 85)]
    act = {1: weigh(1), 2: buys_10_and_trades_in_parts}
    stops = Stops(**{kind: 0.1})
    strategy = trade(SubAccountBroker(cash=1000.0), feed([(100, 100, 100, 100)] * 3 + fall), act=act, stops=stops)
    assert strategy.fills[1:] == [(9, -4, 90), (10, -4, 90), (11, pytest.approx(-2), 90)]
    assert strategy.closes[-1][1] == 0


def test_after_a_part_of_a_stop_the_account_still_stays_out():
    def sells_in_parts(strategy):
        strategy.account.set_filler(at_most_4)

    seen = []
    asks = {day: lambda strategy: seen.append(strategy.account.apply_lockout(strategy.data, 1.0)) for day in (4, 5, 6)}
    bars = [(100, 100, 100, 100)] * 3 + [(100, 100, 80, 95), (95, 96, 80, 90), (90, 91, 80, 85), (85, 86, 80, 85)]
    trade(
        SubAccountBroker(cash=1000.0),
        feed(bars),
        act={1: weigh(1), 2: sells_in_parts} | asks,
        stops=Stops(stop_loss=0.1),
    )
    assert seen == [0, 0, 0]


def test_no_target_waits_beyond_bankruptcy_and_its_day_is_that_of_the_latest_bar():
    crash = feed([(100, 100, 100, 100)] * 3 + [(500, 500, 500, 500)] + [(50, 50, 50, 50)] * 3)
    calm = feed([(100, 100, 100, 100)] * 5, days=[6, 7, 8, 10, 11])
    act = {1: weigh(-1), 3: weigh(0.5, number=1)}
    strategy = trade(SubAccountBroker(cash=1000.0), crash, calm, act=act)
    assert strategy.account.bankrupt.day == 9
    assert [sizes for _, *sizes in strategy.closes][4:] == [[0, 0]] * 3


def test_a_refused_purchase_leaves_no_slippage_to_the_next_order():
    broker = SubAccountBroker(cash=1000.0)
    broker.set_slippage_fixed(1.0)
    act = {
        1: lambda strategy: strategy.buy(size=9.9),  # 990 at the close, 1009.80 where it slips to
        2: lambda strategy: strategy.buy(size=1, exectype=bt.Order.Limit, price=102),
    }
    bars = [(100, 103, 99, 100), (101, 105, 99, 103), (104, 105, 101, 104)]
    strategy = trade(broker, feed(bars), act=act)
    assert strategy.fills == [(8, 1, 102)]
    assert strategy.account.slippage_paid == 0


class TwoOrders(PlainOrders):
    """Buys 10 at the second open and sells them at the fourth, and asks for the value without leverage at the first."""

    def __init__(self):
        self.broker = self.broker.open_accounts(self, {"active": 1.0})

    def next(self):
        if len(self) == 1:
            assert self.broker.accounts["active"].get_value(lever=True) == 10_000
            self.buy(size=10)
        elif len(self) == 3:
            self.sell(size=10)


@pytest.mark.parametrize("checks", [True, False])
def test_the_first_order_fills_whether_or_not_the_broker_checks_the_cash(checks):
    """Without the check Backtrader keeps an order nowhere but among those that are pending."""
    cerebro, broker = bt.Cerebro(stdstats=False), SubAccountBroker(cash=10_000)
    broker.set_checksubmit(checks)
    cerebro.setbroker(broker)
    prices = pd.DataFrame({"Open": [10.0, 11, 12, 13, 14]}, index=pd.bdate_range("2024-01-01", periods=5))
    for line in ("High", "Low", "Close"):
        prices[line] = prices["Open"]
    cerebro.adddata(bt.feeds.PandasData(dataname=prices.assign(Volume=1.0)))
    cerebro.addstrategy(TwoOrders)
    cerebro.run()
    assert broker.getvalue() == 10_020
