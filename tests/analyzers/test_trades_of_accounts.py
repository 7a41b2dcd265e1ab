"""Trades of a strategy with several accounts, by hand: each is of one account, with its own dividends and interest.

Bars are at 100, or as given; the first is Wednesday, 1 January 2020.
"""

import backtrader as bt
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades

from backtrader_walkforward.brokers import Stops, SubAccountBroker, TradingCosts
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.plain_orders import PlainOrders

A_THOUSANDTH_A_DAY = 0.365
UP_AND_DOWN = [100, 100, 110, 110, 100, 100, 90, 90, 90]


class FourDays(SizingStrategy):
    """All of the account from the second bar to the sixth."""

    def target_weight(self):
        return 1.0 if len(self) <= 4 else 0.0


class TwoAccounts(PlainOrders):
    """Sends to the accounts `core` and `rest`, at each close, what `orders` has for the number of the bar."""

    params = dict(orders=dict, stops=Stops())

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"core": 0.5, "rest": 0.5})
        self.broker.accounts["rest"].stops = self.p.stops

    def next(self):
        for name, act in self.p.orders.get(len(self), {}).items():
            act(self, self.broker.accounts[name])


def weigh(weight):
    return lambda strategy, account: account.order_target_weight(strategy.data, weight)


def trade(size, **kwargs):
    """Send a plain order of Backtrader's."""
    return lambda strategy, account: (account.buy if size > 0 else account.sell)(
        strategy, strategy.data, abs(size), **kwargs
    )


@pytest.fixture
def trades_of(bars_of, run):
    def trades_of(strategy, prices=(100,) * 7, scheme=None, dividend=(), **params):
        bars = bars_of(prices, prices, predicted_return=[0.01] * len(prices))
        if dividend:
            bars = bars.assign(dividend=dividend)
        broker = SubAccountBroker(cash=1_000.0, margin_rate=A_THOUSANDTH_A_DAY)
        broker.addcommissioninfo(scheme or TradingCosts())
        [ran] = run(bars, (strategy, params), broker=broker, analyzers=[ClosedTrades])
        return ran.analyzers.ClosedTrades.get_analysis()

    return trades_of


@pytest.mark.parametrize(("active", "profit"), [(1.0, -10.6), (0.1, -1.06)])
def test_the_dividend_of_the_passive_account_is_not_of_the_active_trade(trades_of, active, profit):
    """10 shares, or 1: 2 of dividend and 3 lost on each, and 3 on each of the 0.2, or 0.02, bought of the dividend."""
    prices, dividend = [100] * 4 + [97] * 3, [0, 0, 0, 2, 0, 0, 0]
    found = trades_of(FourDays, prices, dividend=dividend, active_share=active)
    assert found["closed"]["profit"].tolist() == pytest.approx([profit])
    assert found["win_rate"] == 0


def test_interest_on_money_that_is_owed_is_of_an_account_and_of_no_trade(trades_of):
    orders = {1: {"core": weigh(2)}, 4: {"core": weigh(0)}}
    closed = trades_of(TwoAccounts, scheme=TradingCosts(leverage=2.0), orders=orders)["closed"]
    assert closed[["profit", "borrowing"]].to_numpy().tolist() == [[0, 0]]


def test_each_of_two_accounts_bears_its_own_borrowing(trades_of):
    """2.5 shares and 5 shares owed for five nights, at 0.10 a share and night."""
    orders = {1: {"core": weigh(-0.5), "rest": weigh(-1)}, 4: {"core": weigh(0), "rest": weigh(0)}}
    closed = trades_of(TwoAccounts, scheme=TradingCosts(interest=A_THOUSANDTH_A_DAY), orders=orders)["closed"]
    assert closed["size"].tolist() == pytest.approx([-2.5, -5])
    assert closed["borrowing"].tolist() == pytest.approx([1.25, 2.5])


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(("trader", "holder"), [("core", "rest"), ("rest", "core")])
def test_what_another_account_holds_does_not_hide_a_closed_trade(trades_of, plain, trader, holder):
    """5 shares from 100 to 110, then 5 from 110 to 90."""
    buy, sell = (trade(4), trade(-4)) if plain else (weigh(0.8), weigh(0))
    orders = {1: {trader: buy, holder: weigh(1)}, 3: {trader: sell}, 4: {trader: trade(4)}, 7: {trader: trade(-4)}}
    found = trades_of(TwoAccounts, UP_AND_DOWN, orders=orders)
    assert found["closed"]["profit"].tolist() == pytest.approx([40, -40])
    assert (found["trades"], found["win_rate"]) == (2, 0.5)


def test_a_stop_closes_the_trade_of_its_own_account(trades_of):
    orders = {1: {"core": weigh(1), "rest": weigh(1)}}
    found = trades_of(TwoAccounts, [100, 100, 90, 90], orders=orders, stops=Stops(stop_loss=0.05))
    assert found["closed"]["profit"].tolist() == pytest.approx([-50])


def test_a_bankrupt_account_closes_its_own_trade(trades_of):
    orders = {1: {"core": weigh(1), "rest": weigh(-1)}}
    found = trades_of(TwoAccounts, [100, 100, 250, 250], orders=orders)
    assert found["closed"][["size", "profit"]].to_numpy().tolist() == [[-5, -750]]


def test_a_trade_id_of_ones_own_is_refused(trades_of):
    with pytest.raises(ArgumentError, match=r"^an account has one trade at a time .* found tradeid=3: leave it out"):
        trades_of(TwoAccounts, orders={1: {"core": trade(1, tradeid=3)}})


class AtTheClose(PlainOrders):
    """Sends at each close, to one account of 1,000, what `orders` has for the number of the bar."""

    params = dict(orders=dict)

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"active": 1.0})

    def next(self):
        self.p.orders.get(len(self), lambda strategy, account: None)(self, self.broker.accounts["active"])


def anew(strategy, account):
    """Close 5 shares and buy 3."""
    trade(-5)(strategy, account)
    trade(3)(strategy, account)


@pytest.mark.parametrize(
    ("broker", "orders", "profits"),
    [
        ({}, {1: trade(5), 3: trade(-5)}, [0]),
        ({}, {1: trade(5), 3: trade(-10), 5: trade(5)}, [0, -10]),
        ({}, {3: trade(5), 5: trade(-5)}, [10]),
        ({}, {1: trade(5), 3: anew, 5: trade(-3)}, [0, 6]),
        ({"filler": bt.broker.fillers.FixedSize(size=100)}, {1: weigh(0.5), 3: weigh(0)}, [0]),
        ({"slip_match": False}, {1: weigh(0.5), 3: weigh(0)}, [0]),
    ],
    ids=["sold before", "turned short before", "bought before", "sold and bought before", "filler", "no match"],
)
def test_sold_at_the_close_before_the_ex_day_a_trade_has_no_dividend(bars_of, run, broker, orders, profits):
    bars = bars_of([100] * 6, [100] * 6).assign(dividend=[0, 0, 0, 2, 0, 0])
    own = SubAccountBroker(cash=1_000.0, coc=True, **broker)
    [ran] = run(bars, (AtTheClose, {"orders": orders}), broker=own, analyzers=[ClosedTrades])
    found = ran.analyzers.ClosedTrades.get_analysis()
    assert found["closed"]["profit"].tolist() == pytest.approx(profits)
    assert ran.broker.getvalue() == pytest.approx(1_000 + sum(profits))


def buy_4(strategy, account):
    account.buy(strategy, strategy.data1, 4)


def two_a_bar(strategy, account):
    """Sell 4 shares of the second feed, at most 2 a bar."""
    account.set_filler(bt.broker.fillers.FixedSize(size=2))
    account.sell(strategy, strategy.data1, 4)


def test_a_filler_at_the_close_of_a_feed_that_misses_a_day(bars_of):
    """Of 4 shares, which are sold at the close before the ex-day, 2 are booked on it and 2 on the day that is missed.

    What these give back of the dividend was booked as of the ex-day, after the interest of the later day: the trade did
    not find it, and had a profit of 4.
    """
    days = bars_of([100] * 8, [100] * 8)
    shares = days.assign(dividend=[0, 0, 0, 2, 0, 0, 0, 0]).drop(days.index[4])
    cerebro = bt.Cerebro(stdstats=False)
    for bars in (days, shares):
        cerebro.adddata(ForecastFeed(dataname=bars))
    cerebro.setbroker(SubAccountBroker(cash=1_000.0, coc=True, cash_rate=A_THOUSANDTH_A_DAY))
    cerebro.addanalyzer(ClosedTrades, _name="trades")
    cerebro.addstrategy(AtTheClose, orders={1: buy_4, 3: two_a_bar})
    [ran] = cerebro.run()
    flows = ran.broker.accounts["active"].cash_flows
    assert [(flow.date.day, flow.amount) for flow in flows if flow.kind == "dividend"] == [
        (6, 8.0),
        (6, -4.0),
        (7, -4.0),
    ]
    assert [flow.date for flow in flows] == sorted(flow.date for flow in flows)
    assert ran.analyzers.trades.get_analysis()["closed"]["profit"].tolist() == [0]
