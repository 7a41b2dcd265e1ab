"""Backtrader's own orders: they trade the first of several accounts, sized by it; a weighing strategy sends none."""

import backtrader as bt
import pytest
from backtrader_walkforward.analyzers.performance import Performance

import backtrader_walkforward as wf
from backtrader_walkforward.brokers import SubAccountBroker, TradingCosts
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.trading import RankingStrategy, SizingStrategy, StrategyError
from backtrader_walkforward.trading.account_strategy import shares_of
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import EquityCurve
from tests.one_account import OneAccount


class Sends(wf.PlainOrders):
    """Sends `orders[n]` at the close of bar n, a method and its arguments, and records both positions."""

    params = dict(orders={}, active_share=1.0)

    def __init__(self):
        self.held = []
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, shares_of(self.p.active_share))

    def next(self):
        if len(self) == 1 and "passive" in self.broker.accounts:
            self.broker.accounts["passive"].order_target_weight(self.data, 1.0)
        self.held.append(tuple(account.getposition(self.data).size for account in self.broker.accounts.values()))
        method, arguments = self.p.orders.get(len(self), (None, {}))
        if method:
            getattr(self, method)(**arguments)


FLAT = {"opens": [100] * 6, "closes": [100] * 6, "predicted_return": [0.01] * 6}


@pytest.mark.parametrize(
    ("orders", "held"),
    [
        ({1: ("buy", {"size": 2}), 3: ("close", {})}, [0, 2, 2, 0, 0, 0]),
        (
            {1: ("order_target_percent", {"target": 0.5}), 3: ("order_target_percent", {"target": 0.2})},
            [0, 2, 2, 1, 1, 1],
        ),
        ({1: ("order_target_value", {"target": 200}), 3: ("order_target_value", {"target": 0})}, [0, 2, 2, 0, 0, 0]),
        ({1: ("order_target_size", {"target": 3}), 3: ("order_target_size", {"target": 1})}, [0, 3, 3, 1, 1, 1]),
    ],
    ids=["close", "percent", "value", "size"],
)
def test_in_a_hybrid_they_are_sized_by_the_active_account(bars_of, run, orders, held):
    # 400 are active, 600 passive: 6 shares at 100
    broker = SubAccountBroker(cash=1000.0)
    orders = {day: (name, arguments) for day, (name, arguments) in orders.items()}
    [ran] = run(bars_of(**FLAT), (Sends, {"orders": orders, "active_share": 0.4}), broker=broker)
    assert [active for active, _ in ran.held] == held
    assert [round(passive, 9) for _, passive in ran.held] == [0, 6, 6, 6, 6, 6]
    assert round(ran.position.size, 9) == held[-1] + 6
    assert ran.broker.getvalue() == pytest.approx(1000)


def test_a_sizer_sees_the_active_account(bars_of):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=bars_of(**FLAT)))
    cerebro.setbroker(SubAccountBroker(cash=1000.0))
    cerebro.addsizer(bt.sizers.PercentSizer, percents=50)
    cerebro.addstrategy(Sends, active_share=0.4, orders={1: ("buy", {})})
    assert cerebro.run()[0].held[-1][0] == pytest.approx(2)


@pytest.mark.parametrize("where", ["cerebro.broker", "broker", "broker.accounts['active']"])
def test_cash_that_comes_later_is_refused(bars_of, run, where):
    class Adds(Sends):
        def next(self):
            eval(f"self.{where}").add_cash(100.0)

    with pytest.raises(
        ArgumentError, match=r"^the capital of an account is fixed, found add_cash\(100.0\): set --capital, or SubAcc"
    ):
        run(bars_of(**FLAT), (Adds, {}), broker=SubAccountBroker())


@pytest.mark.parametrize("kind", [SubAccountBroker, bt.brokers.BackBroker])
def test_a_broker_without_accounts_takes_cash_as_backtraders_does_and_it_is_no_return(bars_of, run, kind):
    """1000, half of it in shares that rise from 10 to 11; 1050 are added; the shares fall to 10.5."""

    class Adds(bt.Strategy):
        def next(self):
            if len(self) == 1:
                self.buy(size=50)
            if len(self) == 3:
                self.broker.add_cash(1050.0)

    bars = bars_of(opens=[10, 10, 10, 11, 11, 11], closes=[10, 10, 11, 11, 10.5, 10.5])
    [ran] = run(bars, (Adds, {}), broker=kind(cash=1000.0), analyzers=[EquityCurve, Performance])
    curve, figures = (ran.analyzers.getbyname(name).get_analysis() for name in ("EquityCurve", "Performance"))
    assert curve["equity"].tolist() == [1000, 1000, 1050, 2100, 2075, 2075]
    assert curve["growth"].tolist() == pytest.approx([1000, 1000, 1050, 1050, 1037.5, 1037.5])
    assert figures["total_return"] == pytest.approx(0.0375)
    assert figures["max_drawdown"] == pytest.approx(-12.5 / 1050)
    assert figures["final_value"] == 2075


class Holds(OneAccount):
    """Orders nothing."""

    def order(self):
        pass


@pytest.mark.parametrize(
    ("kind", "strategy"),
    [(bt.brokers.BackBroker, bt.Strategy), (SubAccountBroker, bt.Strategy), (SubAccountBroker, Holds)],
    ids=["Backtrader's", "without accounts", "with accounts"],
)
def test_cash_that_is_added_before_a_run_is_forgotten(bars_of, kind, strategy):
    """Before the second run, a broker with the accounts of the first one refused it."""
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=bars_of(**FLAT)))
    broker = kind(cash=1_000.0)
    cerebro.setbroker(broker)
    cerebro.addstrategy(strategy)
    for _ in range(2):
        broker.add_cash(500.0)
        cerebro.run()
        assert broker.getvalue() == 1_000


class Targets(SizingStrategy):
    """Half, as the base class trades it."""

    def __init__(self):
        self.told = []

    def target_weight(self):
        return 0.5 if len(self) == 1 else 0.0

    def notify_order(self, order):
        self.told.append((len(self), order.info.account, order.getstatusname()))


def test_a_target_order_is_announced_alike_with_a_filler_and_without(bars_of, run):
    told = []
    for filler in (None, lambda order, price, ago: abs(order.executed.remsize)):
        broker = SubAccountBroker(cash=1000.0)
        broker.set_filler(filler)
        told.append(run(bars_of(**FLAT), (Targets, {}), broker=broker)[0].told)
    assert told[0] == told[1] == [(2, "active", "Completed"), (3, "active", "Completed")]


class Short(OneAccount):
    def order(self):
        self.account.order_target_weight(self.data, -0.5)


def short(bars, feed, costs, **how):
    """Hold a short position of half of the equity and return cash and equity at each close."""
    cerebro = bt.Cerebro(stdstats=False, **how)
    cerebro.adddata(feed(dataname=bars))
    cerebro.setbroker(SubAccountBroker(cash=1000.0, cash_rate=costs.get("cash_rate", 0.0)))
    cerebro.broker.addcommissioninfo(TradingCosts(interest=costs.get("interest", 0.0)))
    cerebro.addstrategy(Short)
    return cerebro.run()[0].closes


COSTS = pytest.mark.parametrize("costs", [{"cash_rate": 0.02}, {"interest": 0.03}], ids=str)


@COSTS
def test_interest_on_a_close_that_was_not_kept_is_refused(bars_of, costs):
    with pytest.raises(ArgumentError, match="with exactbars=True Cerebro keeps one bar only: leave it out or use -1"):
        short(bars_of(**FLAT), bt.feeds.PandasData, costs, exactbars=True)


@COSTS
def test_a_feed_of_forecasts_keeps_the_close_that_interest_needs(bars_of, costs):
    kept, usual = (short(bars_of(**FLAT), ForecastFeed, costs, **how) for how in ({"exactbars": True}, {}))
    assert kept == usual
    assert usual[-1][1] != 1000.0


@pytest.mark.parametrize("way", ["resampledata", "replaydata"])
def test_a_feed_of_forecasts_is_not_resampled(bars_of, way):
    cerebro = bt.Cerebro(stdstats=False)
    with pytest.raises(ArgumentError, match=r"^a ForecastFeed is not resampled or replayed, as each forecast belongs"):
        getattr(cerebro, way)(ForecastFeed(dataname=bars_of(**FLAT)), timeframe=bt.TimeFrame.Weeks)


def with_two_accounts(base):
    """Return a strategy that opens two accounts by hand, fills the second, and then buys 2 shares and closes."""

    class ByHand(base):
        def __init__(self):
            self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"core": 0.4, "rest": 0.6})
            self.held = []

        def next(self):
            self.held.append(tuple(account.getposition(self.data).size for account in self.broker.accounts.values()))
            if len(self) == 1:
                self.broker.accounts["rest"].order_target_weight(self.data, 0.5)
                self.broker.accounts["core"].buy(self, self.data, 2)
            elif len(self) == 3:
                self.close()

    return ByHand


def test_plain_orders_of_a_strategy_with_accounts_opened_by_hand_are_refused(bars_of, run):
    with pytest.raises(
        ArgumentError,
        match=r"ByHand has 2 accounts, .* derive it from backtrader_walkforward\.PlainOrders, or send orders to",
    ):
        run(bars_of(**FLAT), (with_two_accounts(bt.Strategy), {}), broker=SubAccountBroker(cash=1000.0))


def test_with_the_base_for_them_they_are_sized_by_the_first_account(bars_of, run):
    [ran] = run(bars_of(**FLAT), (with_two_accounts(wf.PlainOrders), {}), broker=SubAccountBroker(cash=1000.0))
    assert ran.held == [(0, 0), (2, 3), (2, 3), (0, 3), (0, 3), (0, 3)]


ORDERS = ["buy", "sell", "close", "buy_bracket", "sell_bracket", *(f"order_target_{of}" for of in ("size", "value"))]


@pytest.mark.parametrize("method", [*ORDERS, "order_target_percent"])
def test_a_sizing_strategy_that_sends_an_order_is_told_to_return_a_weight(bars_of, run, method):
    class Trades(SizingStrategy):
        def target_weight(self):
            getattr(self, method)()

    told = (
        rf"^Trades\.target_weight\(\) on 2020-01-01 failed: .*, found self\.{method}\(\): return the share of the acco"
    )
    with pytest.raises(StrategyError, match=told):
        run(bars_of(**FLAT), (Trades, {}), broker=SubAccountBroker(cash=1000.0))


def test_a_ranking_strategy_sends_none_either(bars_of):
    class Ranks(RankingStrategy):
        def target_weights(self):
            self.buy(self.getdatabyname("A"))

    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=bars_of(**FLAT)), name="A")
    cerebro.setbroker(SubAccountBroker(cash=1000.0))
    cerebro.addstrategy(Ranks)
    with pytest.raises(StrategyError, match=r"^Ranks\.target_weights\(\) on 2020-01-01 failed: .* found self\.buy\(\)"):
        cerebro.run()
