"""Interest night by night, by hand: Wednesday 1 January 2020 to Tuesday, so one weekend; and what slippage took."""

from datetime import date

import backtrader as bt
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades
from backtrader_walkforward.analyzers.costs import Costs

from backtrader_walkforward.brokers import SubAccountBroker, TradingCosts
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.recorders import Fills

OPENS, CLOSES = [10, 10, 10, 10, 10], [10, 12, 11, 9, 10]
A_THOUSANDTH_A_DAY = 0.365


class Targets(bt.Strategy):
    """Orders one target weight a day, none where it is None."""

    params = dict(weights=())

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"active": 1.0})
        self.account = self.broker.accounts["active"]

    def next(self):
        weights = dict(enumerate(self.p.weights, start=1))
        if weights.get(len(self)) is not None:
            self.account.order_target_weight(self.data, weights[len(self)])


@pytest.fixture
def run_variants(bars_of, run):
    """Trade the week: `run_variants(weights, scheme, **broker_settings)` returns the strategy."""

    def run_variants(weights, scheme=None, slippage=0.0, **settings):
        broker = SubAccountBroker(cash=1_000.0, **settings)
        broker.addcommissioninfo(scheme or TradingCosts())
        broker.set_slippage_perc(slippage, slip_out=True)
        bars = bars_of(OPENS, CLOSES)
        return run(bars, (Targets, {"weights": weights}), broker=broker, analyzers=[Fills, Costs, ClosedTrades])[0]

    return run_variants


def closed_trades(strategy):
    return strategy.analyzers.ClosedTrades.get_analysis()["closed"].to_dict("records")


def amounts(strategy):
    return [(flow.date.day, flow.kind, round(flow.amount, 9)) for flow in strategy.account.cash_flows]


def test_a_night_and_a_weekend_of_borrowing(run_variants):
    strategy = run_variants([-1.0], TradingCosts(interest=A_THOUSANDTH_A_DAY))
    nights = [(3, "borrowing", -1.2), (6, "borrowing", -3.3), (7, "borrowing", -0.9)]
    assert amounts(strategy) == nights
    assert strategy.account.getcash() == pytest.approx(2_000 - 1.2 - 3.3 - 0.9, rel=1e-12)
    assert strategy.account.cash_flows[0].date == date(2020, 1, 3)


def test_filled_at_the_close_the_first_night_counts_and_the_one_after_the_last_does_not(run_variants):
    strategy = run_variants([-1.0, None, 0.0], TradingCosts(interest=A_THOUSANDTH_A_DAY), coc=True)
    assert amounts(strategy) == [(2, "borrowing", -1.0), (3, "borrowing", -1.2)]


@pytest.mark.parametrize("scheme", [TradingCosts, bt.CommissionInfo])
@pytest.mark.parametrize("coc", [False, True], ids=["next open", "close"])
def test_a_trade_that_only_borrowing_makes_a_loss_is_no_win(run_variants, scheme, coc):
    strategy = run_variants([-1.0, None, None, 0.0, 1.0], scheme(interest=A_THOUSANDTH_A_DAY * 20), coc=coc)
    found, [trade] = strategy.analyzers.ClosedTrades.get_analysis(), closed_trades(strategy)
    paid = -sum(flow.amount for flow in strategy.account.cash_flows if flow.kind == "borrowing")
    assert paid > 20
    assert trade["borrowing"] == pytest.approx(paid, rel=1e-12)
    assert trade["profit"] == pytest.approx(strategy.account.getvalue() - 1_000, rel=1e-9)
    assert trade["size"] == -100
    assert found["win_rate"] == (trade["profit"] > 0)


def test_borrowing_is_that_of_the_trade_which_owed_the_shares(run_variants):
    strategy = run_variants([-1.0, 0.0, -0.5, 0.0], TradingCosts(interest=A_THOUSANDTH_A_DAY))
    first, second = closed_trades(strategy)
    # one night each: 100 at 12, then half of 998.8 at 10, which are 49.94, at 9
    assert [round(trade["borrowing"], 9) for trade in (first, second)] == [1.2, 0.44946]


def test_what_a_short_pays_after_a_reversal_at_the_close_is_none_of_the_long_trades(run_variants):
    strategy = run_variants([1.0, None, -1.0], TradingCosts(interest=A_THOUSANDTH_A_DAY), coc=True)
    [trade] = closed_trades(strategy)
    assert strategy.account.cash_flows
    assert trade["borrowing"] == 0


def test_backtraders_own_interest_is_on_the_price_of_entry_and_recorded_too(run_variants):
    strategy = run_variants([-1.0], bt.CommissionInfo(interest=A_THOUSANDTH_A_DAY))
    assert [amount for *_, amount in amounts(strategy)] == [-1.0, -3.0, -1.0]


def test_interest_is_no_part_of_the_commission_that_closes(run_variants):
    strategy = run_variants([-1.0, None, 0.0], TradingCosts(commission=0.01, interest=A_THOUSANDTH_A_DAY))
    assert strategy.analyzers.Fills.get_analysis()["commission"].tolist() == pytest.approx([10.0, 10.0])


def test_a_long_position_borrows_nothing(run_variants):
    assert amounts(run_variants([1.0], TradingCosts(interest=A_THOUSANDTH_A_DAY))) == []


def test_cash_earns_interest_on_interest(run_variants):
    strategy = run_variants([], cash_rate=A_THOUSANDTH_A_DAY)
    assert amounts(strategy)[:3] == [
        (2, "cash_interest", 1.0),
        (3, "cash_interest", 1.001),
        (6, "cash_interest", 3.006003),
    ]


def test_a_negative_rate_takes_interest_on_cash(run_variants):
    """It was booked as borrowing."""
    assert amounts(run_variants([], cash_rate=-A_THOUSANDTH_A_DAY))[:3] == [
        (2, "cash_interest", -1.0),
        (3, "cash_interest", -0.999),
        (6, "cash_interest", -2.994003),
    ]


def test_the_proceeds_of_a_short_sale_earn_nothing(run_variants):
    strategy = run_variants([-1.0], cash_rate=A_THOUSANDTH_A_DAY)
    # 1,001 at the open of Thursday sell 100.1 shares at 10, which are worth 12 a share at its close
    assert amounts(strategy)[:2] == [(2, "cash_interest", 1.0), (3, "cash_interest", 0.8008)]


@pytest.mark.parametrize(
    ("weight", "rate", "expected"),
    [
        (2.0, "margin_rate", [(3, "borrowing", -1.0), (6, "borrowing", -3.003), (7, "borrowing", -1.004003)]),
        (1.0, "margin_rate", []),
        (
            0.5,
            "cash_rate",
            [(3, "cash_interest", 0.5005), (6, "cash_interest", 1.5030015), (7, "cash_interest", 0.502503502)],
        ),
    ],
    ids=["1,000 owed", "all paid", "500 left"],
)
def test_with_leverage_a_debt_pays_and_what_is_left_of_the_own_money_earns(run_variants, weight, rate, expected):
    """2,000 of shares leave a debt of 1,000, 1,000 none, and 500.50 leave 500.50 of the 1,001 after a night in cash."""
    strategy = run_variants([weight], TradingCosts(leverage=2.0), **{rate: A_THOUSANDTH_A_DAY})
    assert [flow for flow in amounts(strategy) if flow[0] > 2] == expected


def test_a_debt_without_a_margin_rate_costs_nothing(run_variants):
    assert [flow[0] for flow in amounts(run_variants([2.0], TradingCosts(leverage=2.0), cash_rate=0.02))] == [2]


def test_a_weight_of_1_after_a_short_that_cost_interest_is_not_refused(run_variants):
    for coc in (False, True):
        scheme = TradingCosts(commission=0.002, minimum=3.0, interest=1.0)
        strategy = run_variants([-1.0, 1.0, -1.0, 1.0], scheme, slippage=0.001, coc=coc)
        assert len(strategy.analyzers.Fills.get_analysis()) == 4
        assert 0 <= strategy.account.getcash() < 1e-6


def test_slippage_is_paid_at_the_open_though_the_bar_never_traded_there(bars_of, run):
    broker = SubAccountBroker(cash=1_000.0)
    broker.set_slippage_perc(0.01, slip_out=True)
    falling = bars_of([10, 10, 10], [9, 9, 9])  # the open is the high of each bar
    [strategy] = run(falling, (Targets, {"weights": [0.5, 0.0]}), broker=broker, analyzers=[Fills])
    fills = strategy.analyzers.Fills.get_analysis()
    assert fills[["size", "price"]].values.tolist() == [[50.0, 10.1], [-50.0, 9.9]]
    assert strategy.account.slippage_paid == pytest.approx(50 * 0.1 + 50 * 0.1)
    assert strategy.account.getcash() == pytest.approx(990.0)


def test_a_fill_at_the_close_slips_from_that_close_whatever_comes_after(bars_of, run):
    broker = SubAccountBroker(cash=1_000.0, coc=True)
    broker.set_slippage_perc(0.01, slip_out=True)
    [strategy] = run(bars_of([10, 5], [10, 5]), (Targets, {"weights": [0.5]}), broker=broker, analyzers=[Fills])
    assert strategy.analyzers.Fills.get_analysis()["price"].tolist() == [10.1]


def test_a_limit_order_that_slips_keeps_to_its_limit(bars_of, run):
    class BuysAtALimit(Targets):
        def next(self):
            if len(self) == 1:
                self.buy(size=1, exectype=bt.Order.Limit, price=10.05)

    broker = SubAccountBroker(cash=1_000.0)
    broker.set_slippage_perc(0.01, slip_out=True)
    [strategy] = run(bars_of(OPENS, CLOSES), (BuysAtALimit, {}), broker=broker, analyzers=[Fills])
    assert strategy.analyzers.Fills.get_analysis()["price"].tolist() == [10.05]
    assert strategy.account.slippage_paid == pytest.approx(0.05)


def test_the_minimum_commission_is_charged(run_variants):
    fills = run_variants([0.1, 0.0], TradingCosts(commission=0.001, minimum=2.0)).analyzers.Fills.get_analysis()
    assert fills["commission"].tolist() == [2.0, 2.0]


def test_a_sizing_strategy_earns_from_the_day_it_begins(bars_of, run):
    class InCash(SizingStrategy):
        def target_weight(self):
            return 0.0

    bars = bars_of(OPENS, CLOSES, predicted_return=[0.0] * 5)
    broker = SubAccountBroker(cash=1_000.0, cash_rate=A_THOUSANDTH_A_DAY)
    settings = {"first_day": date(2020, 1, 3), "active_share": 0.3}
    [strategy] = run(bars, (InCash, settings), broker=broker, analyzers=[Costs])
    active = strategy.broker.accounts["active"]
    assert [(flow.date.day, round(flow.amount, 9)) for flow in active.cash_flows] == [(6, 0.9), (7, 0.3009)]
    costs = strategy.analyzers.Costs.get_analysis()
    assert costs["cash_interest"] == pytest.approx(0.9 + 0.3009 + 2.1)  # the passive 700 are in cash over the weekend
    assert costs["cash_flows"]["account"].tolist() == ["active", "passive", "active"]


class Sells(Targets):
    def next(self):
        if len(self) == 1:
            self.sell(size=10)


def test_a_short_sale_without_shortcash_leaves_all_the_cash_to_earn(bars_of, run):
    broker = SubAccountBroker(cash=1_000.0, shortcash=False, cash_rate=A_THOUSANDTH_A_DAY)
    [strategy] = run(bars_of(OPENS, CLOSES), (Sells, {}), broker=broker)
    # 1,000 on the first night; then 10 shares at 10 have taken 100 as a deposit
    assert amounts(strategy)[:2] == [(2, "cash_interest", 1.0), (3, "cash_interest", 0.901)]
