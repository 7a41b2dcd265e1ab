"""One account: Backtrader's own broker, and orders by target weight."""

import backtrader as bt
import numpy as np
import pytest
from backtrader_walkforward.analyzers.orders import Orders

from backtrader_walkforward.brokers import SubAccountBroker, TradingCosts
from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.trading.recorders import Fills


class OrdersOfAllKinds(bt.Strategy):
    """Sends market, limit, stop, trailing and bracket orders, and records cash, value and position at every close."""

    params = dict(own_account=False)

    def __init__(self):
        if self.p.own_account:
            self.broker = self.broker.open_accounts(self, {"active": 1.0})
        self.seen = []

    def next(self):
        self.seen.append((self.broker.getcash(), self.broker.getvalue(), self.position.size, self.position.price))
        close, day = self.data.close[0], len(self)
        if day % 11 == 1:
            self.buy(size=3.7)
        elif day % 11 == 3:
            self.buy(exectype=bt.Order.Limit, price=0.99 * close, size=2)
        elif day % 11 == 4:
            self.sell(exectype=bt.Order.Stop, price=0.98 * close, size=1)
        elif day % 11 == 5:
            self.sell(exectype=bt.Order.StopTrail, trailpercent=0.02, size=1.5)
        elif day % 11 == 7:
            self.buy_bracket(size=1, price=0.995 * close, stopprice=0.97 * close, limitprice=1.03 * close)
        elif day % 11 == 9:
            self.sell(size=12)


class Targets(bt.Strategy):
    """Orders one target weight a day and records the account's equity at each close."""

    params = dict(weights=())

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"active": 1.0})
        self.account = self.broker.accounts["active"]
        self.equity = []

    def next(self):
        self.equity.append(self.account.getvalue())
        if len(self) <= len(self.p.weights) and self.p.weights[len(self) - 1] is not None:
            self.account.order_target_weight(self.data, self.p.weights[len(self) - 1])


def prepared(broker, *, coc=False, slippage=0.0, commission=0.0):
    broker.setcommission(commission=commission)
    broker.set_coc(coc)
    if slippage:
        broker.set_slippage_perc(slippage)
    return broker


@pytest.mark.parametrize(
    "costs",
    [{}, {"commission": 0.001}, {"commission": 0.001, "slippage": 0.002}, {"coc": True, "commission": 0.001}],
    ids=str,
)
def test_one_account_equals_backtraders_broker_to_the_last_digit(signals, run, costs):
    plain = prepared(bt.brokers.BackBroker(cash=20_000.0), **costs)
    accounts = prepared(SubAccountBroker(cash=20_000.0), **costs)
    [expected] = run(signals, (OrdersOfAllKinds, {}), broker=plain)
    [found] = run(signals, (OrdersOfAllKinds, {"own_account": True}), broker=accounts)
    assert len({size for *_, size, _ in expected.seen}) > 20
    assert found.seen == expected.seen
    assert accounts.getvalue() == plain.getvalue()


def test_a_strategy_without_accounts_trades_in_the_broker_itself(signals, run):
    plain, accounts = bt.brokers.BackBroker(cash=20_000.0), SubAccountBroker(cash=20_000.0)
    assert accounts.getvalue() == 20_000
    [expected] = run(signals, (OrdersOfAllKinds, {}), broker=plain)
    [found] = run(signals, (OrdersOfAllKinds, {}), broker=accounts)
    assert found.seen == expected.seen


def ledger(bars, weights, cash, commission=0.0):
    """Equity at each close when yesterday's weight is reached at today's open."""
    shares, equity = 0.0, []
    for day, (_, bar) in enumerate(bars.iterrows()):
        if day and weights[day - 1] is not None:
            trade = weights[day - 1] * (cash + shares * bar.Open) / bar.Open - shares
            if trade > 0 and trade * bar.Open * (1 + commission) > cash:
                trade = cash / (bar.Open * (1 + commission))
            cash, shares = cash - trade * bar.Open - commission * abs(trade) * bar.Open, shares + trade
        equity.append(cash + shares * bar.Close)
    return np.array(equity)


@pytest.mark.parametrize("commission", [0.0, 0.002])
def test_equity_equals_a_ledger_of_a_few_lines(signals, run, commission):
    weights = list(np.random.default_rng(1).uniform(-1, 1, len(signals)))
    broker = prepared(SubAccountBroker(cash=50_000.0), commission=commission)
    [strategy] = run(signals, (Targets, {"weights": weights}), broker=broker)
    np.testing.assert_allclose(strategy.equity, ledger(signals, weights, 50_000.0, commission), rtol=1e-12)


@pytest.mark.parametrize("weight", [np.nan, -np.inf, None, "half"], ids=str)
def test_a_target_weight_that_is_no_number_is_refused(signals, run, weight):
    """NaN made a position of NaN shares, and an equity of NaN from then on."""
    with pytest.raises(ArgumentError, match=f"a target weight is a share of the equity.*found {weight!r}"):
        run(signals, (Unchecked, {"weight": weight}), broker=SubAccountBroker())


class Unchecked(Targets):
    params = dict(weight=0.0)

    def next(self):
        self.account.order_target_weight(self.data, self.p.weight)


class Reverses(bt.Strategy):
    """Buys 0.03 and sells 0.31: -0.03 and -0.28 add up to a little more than -0.31."""

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"active": 1.0})
        self.ended, self.fees = [], []

    def notify_order(self, order):
        self.ended += [order.status] * (order.status > order.Accepted)
        self.fees += [fill.closedcomm + fill.openedcomm for fill in order.executed.iterpending() if fill]

    def next(self):
        if len(self) <= 2:
            (self.buy if len(self) == 1 else self.sell)(size=0.03 if len(self) == 1 else 0.31)


def test_what_rounding_leaves_of_a_reversal_is_not_filled_for_another_fee(signals, run):
    broker = SubAccountBroker()
    broker.addcommissioninfo(TradingCosts(minimum=1.0))
    [ran] = run(signals, (Reverses, {}), broker=broker)
    assert (ran.ended, ran.fees) == ([bt.Order.Completed] * 2, [1.0, 2.0])


class FlatFee(bt.CommInfoBase):
    """0.1 % of the value, at least 25."""

    params = dict(stocklike=True)

    def _getcommission(self, size, price, pseudoexec):
        return max(25.0, 0.001 * abs(size) * price)


@pytest.mark.parametrize("scheme", ["free", "percent", "flat", "slippage"])
def test_weight_1_is_never_refused_and_spends_all_the_cash(signals, run, scheme):
    broker = prepared(SubAccountBroker(cash=20_000.0), commission=0.005 * (scheme == "percent"))
    if scheme == "flat":
        broker.addcommissioninfo(FlatFee())
    if scheme == "slippage":
        broker.set_slippage_perc(0.01)
    weights = [(1.0, -1.0, 1.0, 1.0, 0.0)[day % 5] for day in range(len(signals))]
    [strategy] = run(signals, (Targets, {"weights": weights}), broker=broker, analyzers=[Orders, Fills])
    assert strategy.analyzers.Orders.get_analysis()["rejected_orders"] == 0
    assert len(strategy.analyzers.Fills.get_analysis()) >= 4 * len(signals) // 5 - 1


def test_all_of_the_cash_is_spent_at_weight_1(bars_of, run):
    bars = bars_of(opens=[10, 12.5, 13], closes=[10, 13, 13])
    broker = prepared(SubAccountBroker(cash=1_000.0), commission=0.01)
    [strategy] = run(bars, (Targets, {"weights": [1.0]}), broker=broker)
    assert strategy.position.size == pytest.approx(1_000 / (12.5 * 1.01), rel=1e-11)
    assert 0 <= strategy.account.getcash() < 1e-8


def test_next_open_sizes_with_the_open_and_fills_there(bars_of, run):
    bars = bars_of(opens=[10, 8, 9], closes=[10, 10, 10])
    [strategy] = run(bars, (Targets, {"weights": [0.5]}), broker=SubAccountBroker(cash=800.0), analyzers=[Fills])
    fills = strategy.analyzers.Fills.get_analysis()
    assert fills.values.tolist() == [[bars.index[1], bars.index[1], "", "Market", "active", 50.0, 8.0, 0.0]]
    assert strategy.equity == [800, 900, 900]


def test_close_sizes_with_the_close_and_fills_there(bars_of, run):
    bars = bars_of(opens=[9, 8, 9], closes=[10, 12, 11])
    broker = SubAccountBroker(cash=800.0, coc=True)
    [strategy] = run(bars, (Targets, {"weights": [0.5]}), broker=broker, analyzers=[Fills])
    fills = strategy.analyzers.Fills.get_analysis()
    assert fills.values.tolist() == [[bars.index[0], bars.index[1], "", "Market", "active", 40.0, 10.0, 0.0]]
    assert strategy.equity == [800, 880, 840]


def test_whole_shares_are_rounded_towards_zero(bars_of, run):
    bars = bars_of(opens=[10, 30, 30, 30], closes=[10, 30, 30, 30])
    broker = SubAccountBroker(cash=1_000.0, whole_shares=True)
    [strategy] = run(bars, (Targets, {"weights": [0.5, -0.5]}), broker=broker, analyzers=[Fills])
    assert strategy.analyzers.Fills.get_analysis()["size"].tolist() == [16.0, -32.0]


@pytest.mark.parametrize("coc", [False, True], ids=["next open", "close"])
@pytest.mark.parametrize(("cash", "size"), [(1_500.0, 0.0), (4_000.0, 36.92), (-4_000.0, -36.92)])
def test_whole_shares_are_those_of_the_day(bars_of, run, cash, size, coc):
    """A share cost 1,846 where its adjusted price is 100: it is 18.46 of those, and 1,500 buy none."""
    bars = bars_of(opens=[100] * 3, closes=[100] * 3).assign(lot_size=[18.46, 18.46, 1.0])
    broker = SubAccountBroker(cash=abs(cash), whole_shares=True, coc=coc)
    [strategy] = run(bars, (Targets, {"weights": [1.0 if cash > 0 else -1.0]}), broker=broker, analyzers=[Fills])
    assert strategy.position.size == pytest.approx(size)
    assert len(strategy.analyzers.Fills.get_analysis()) == bool(size)


def test_a_split_between_makes_no_order_and_no_fraction(bars_of, run):
    """Prices of 50 are those after 2:1: 4 old shares of 100 are 8, which are whole ones of the next day, too."""
    bars = bars_of(opens=[50] * 4, closes=[50] * 4).assign(lot_size=[2.0, 2.0, 1.0, 1.0])
    broker = SubAccountBroker(cash=800.0, whole_shares=True)
    [strategy] = run(bars, (Targets, {"weights": [0.5, 0.5, 0.5]}), broker=broker, analyzers=[Fills])
    assert strategy.analyzers.Fills.get_analysis()["size"].tolist() == [8.0]


def test_whole_shares_never_spend_more_than_the_cash(bars_of, run):
    bars = bars_of(opens=[10, 10, 10], closes=[10, 10, 10])
    broker = prepared(SubAccountBroker(cash=1_000.0, whole_shares=True), commission=0.001)
    [strategy] = run(bars, (Targets, {"weights": [1.0]}), broker=broker)
    assert strategy.position.size == 99


def test_an_order_that_changes_nothing_is_not_sent(bars_of, run):
    bars = bars_of(opens=[10, 11, 12, 13], closes=[10.5, 11.3, 12.7, 13.1])
    [strategy] = run(
        bars, (Targets, {"weights": [1.0, 1.0, 1.0]}), broker=SubAccountBroker(cash=777.0), analyzers=[Fills]
    )
    assert len(strategy.analyzers.Fills.get_analysis()) == 1


def test_a_ruined_account_closes_says_so_and_trades_no_more(bars_of, run):
    bars = bars_of(opens=[10, 10, 12, 25, 25, 25], closes=[10, 10, 22, 25, 25, 1])
    weights = [-1.0, None, None, -1.0, -1.0]
    [strategy] = run(bars, (Targets, {"weights": weights}), broker=SubAccountBroker(cash=1_000.0), analyzers=[Fills])
    assert strategy.analyzers.Fills.get_analysis()[["size", "price"]].values.tolist() == [[-100, 10], [100, 25]]
    assert strategy.equity == [1000, 1000, -200, -500, -500, -500]
    assert strategy.broker.bankrupt == bars.index[2].date()


def test_an_open_beyond_ruin_closes_the_position_and_does_not_reverse_it(bars_of, run):
    bars = bars_of(opens=[10, 10, 25, 25], closes=[10, 10, 25, 1])
    [strategy] = run(bars, (Targets, {"weights": [-1.0, -1.0]}), broker=SubAccountBroker(cash=1_000.0))
    assert strategy.equity == [1000, 1000, -500, -500]
    assert strategy.broker.bankrupt == bars.index[2].date()


def test_a_ruined_account_rejects_plain_orders(bars_of, run):
    class BuysAnyway(Targets):
        def next(self):
            super().next()
            if len(self) == 5:
                self.buy(size=1)

    bars = bars_of(opens=[10, 10, 22, 25, 25, 25, 25], closes=[10, 10, 25, 25, 25, 25, 25])
    [strategy] = run(bars, (BuysAnyway, {"weights": [-1.0]}), broker=SubAccountBroker(cash=1_000.0), analyzers=[Orders])
    assert strategy.analyzers.Orders.get_analysis()["rejected_orders"] == 1
    assert strategy.position.size == 0


def test_a_short_is_capped_at_the_equity(signals, run):
    [strategy] = run(signals, (Targets, {"weights": [-1.0] * len(signals)}), broker=SubAccountBroker(cash=1_000.0))
    exposure = strategy.position.size * signals["Open"].iloc[-1]
    equity_at_open = strategy.account.getvalue() + strategy.position.size * (
        signals["Open"].iloc[-1] - signals["Close"].iloc[-1]
    )
    assert exposure == pytest.approx(-equity_at_open, rel=1e-12)


class CompareOrders(Targets):
    """Keeps its filled orders, and one from Backtrader's constructor on the bar of each decision."""

    def __init__(self):
        super().__init__()
        self.built, self.filled = [], []

    def next(self):
        super().next()
        kind = bt.order.BuyOrder if len(self) == 1 else bt.order.SellOrder
        self.built.append(kind(owner=self, data=self.data, size=50.0, tradeid="active"))

    def notify_order(self, order):
        self.filled.append(order)


def test_a_target_order_has_all_that_a_constructed_one_has(bars_of, run):
    bars = bars_of(opens=[10, 10, 10], closes=[10, 10, 10])
    [strategy] = run(bars, (CompareOrders, {"weights": [0.5, 0.0]}), broker=SubAccountBroker(cash=1_000.0))
    assert len(strategy.filled) == 2
    for filled, built in zip(strategy.filled, strategy.built, strict=False):
        assert filled.status == filled.Completed
        assert filled.info.account == "active"
        assert filled.ref != built.ref
        assert filled.isbuy() == built.isbuy()
        assert vars(filled.p).keys() == vars(built.p).keys()
        assert vars(filled.created) == vars(built.created)
        assert vars(filled.executed).keys() == vars(built.executed).keys()
        assert vars(filled).keys() >= vars(built).keys()
        assert filled.data is filled.p.data is built.data
        assert filled.owner is filled.p.owner is built.owner
        for name in {*vars(built.p), "plimit", "triggered"} - {"data", "owner"}:
            assert getattr(filled, name) == getattr(built, name)
            assert name not in vars(built.p) or getattr(filled.p, name) == getattr(built.p, name)
    first, second = strategy.filled
    assert not {id(part) for part in (first.p, first.info, first.created, first.executed)} & {
        id(part) for part in (second.p, second.info, second.created, second.executed)
    }


def at_most_20(order, price, ago):
    return min(20.0, abs(order.executed.remsize))


@pytest.mark.parametrize("coc", [False, True], ids=["next open", "close"])
def test_a_filler_splits_a_target_order(bars_of, run, coc):
    bars = bars_of(opens=[10, 11, 12, 13, 14], closes=[10, 11, 12, 13, 14])
    broker = SubAccountBroker(cash=1_000.0, coc=coc, filler=at_most_20)
    [strategy] = run(bars, (Targets, {"weights": [0.5]}), broker=broker, analyzers=[Fills])
    fills = strategy.analyzers.Fills.get_analysis()
    assert fills["size"].tolist() == ([20, 20, 10] if coc else pytest.approx([20, 20, 500 / 11 - 40]))
    assert fills["price"].tolist() == ([10, 10, 10] if coc else [11, 12, 13])


def test_what_a_filler_left_of_a_target_is_cancelled_before_the_next(bars_of, run):
    class InParts(Targets):
        def __init__(self):
            super().__init__()
            self.account.set_filler(lambda order, price, ago: min(2.0, abs(order.executed.remsize)))

        def next(self):
            super().next()
            self.held = [*getattr(self, "held", []), self.account.getposition(self.data).size]

    bars = bars_of(opens=[100] * 7, closes=[100] * 7)
    [ran] = run(bars, (InParts, {"weights": [0.5, None, 0.5, 0.5, 0.1]}), broker=SubAccountBroker(cash=1_000.0))
    assert ran.held == [0, 2, 4, 5, 5, 3, 1]  # never beyond 5, and no rest is bought once 1 is wanted


@pytest.mark.parametrize(
    ("opens", "closes", "coc", "found"),
    [
        ([10, 0, 10], [10, 10, 10], False, "the open of XYZ on 2020-01-02 is 0"),
        ([10, -1, 10], [10, 10, 10], False, "the open of XYZ on 2020-01-02 is -1"),
        ([10, 10, 10], [0, 10, 10], True, "the close of XYZ on 2020-01-01 is 0"),
    ],
)
def test_a_price_of_0_or_below_is_refused_with_its_ticker_and_day(bars_of, opens, closes, coc, found):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars_of(opens, closes)), name="XYZ")
    cerebro.setbroker(SubAccountBroker(cash=1_000.0, coc=coc))
    cerebro.addstrategy(Targets, weights=[0.5])
    with pytest.raises(DataError, match=f"a target weight needs a price above 0, and {found}: correct its prices"):
        cerebro.run()
