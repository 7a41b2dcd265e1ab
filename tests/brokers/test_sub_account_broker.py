"""Many accounts in one Cerebro: separate money, one pass over the data."""

import backtrader as bt
import numpy as np
import pytest
from backtrader_walkforward.strategies.binary import Binary
from backtrader_walkforward.strategies.kelly import Kelly
from backtrader_walkforward.strategies.proportional import Proportional

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from backtrader_walkforward.trading.variants import BENCHMARK, BuyAndHold, find_strategies, variants_of


@pytest.fixture
def variants():
    return [*variants_of(find_strategies()), BENCHMARK]


@pytest.fixture
def ran(signals, run, variants):
    """All variants, run together."""
    strategies = [(variant.strategy, {"active_share": variant.active_share}) for variant in variants]
    return run(signals, *strategies, broker=SubAccountBroker(cash=10_000.0), analyzers=[EquityCurve, Fills])


def curve(strategy):
    return strategy.analyzers.EquityCurve.get_analysis()


def test_cash_and_position_make_the_equity_of_every_account_on_every_bar(signals, ran):
    for strategy in ran:
        fills, accounts = strategy.analyzers.Fills.get_analysis(), curve(strategy)["accounts"]
        for name, account in strategy.broker.accounts.items():
            own = fills[fills["account"] == name].set_index("date")
            shares = own["size"].groupby(level=0).sum().reindex(accounts.index, fill_value=0).cumsum()
            paid = (own["size"] * own["price"]).groupby(level=0).sum().reindex(accounts.index, fill_value=0).cumsum()
            expected = account.startingcash - paid + shares * signals["Close"]
            np.testing.assert_allclose(accounts[name], expected, rtol=1e-12)


def test_a_variant_is_the_sum_of_its_accounts(ran, variants):
    for variant, strategy in zip(variants, ran, strict=True):
        equity, accounts = (curve(strategy)[name] for name in ("equity", "accounts"))
        assert list(accounts) == {1: ["active"], 0: ["passive"]}.get(variant.active_share, ["active", "passive"])
        np.testing.assert_array_equal(equity, accounts.sum(axis=1))


def test_hybrids_hold_shares_of_the_pure_strategy_and_of_the_benchmark(ran, variants):
    by_name = {variant.name: curve(strategy)["equity"] for variant, strategy in zip(variants, ran, strict=True)}
    for variant in variants:
        pure, hold = by_name[variant.strategy_name], by_name["buy_and_hold"]
        expected = variant.active_share * pure + (1 - variant.active_share) * hold
        np.testing.assert_allclose(by_name[variant.name], expected, rtol=1e-9)


def test_passive_accounts_trade_once(ran):
    for strategy in ran:
        fills = strategy.analyzers.Fills.get_analysis()
        if "passive" in strategy.broker.accounts:
            assert (fills["account"] == "passive").sum() == 1


def test_strategies_on_one_ticker_never_see_each_other(signals, run, ran, variants):
    for variant, together in zip(variants, ran, strict=True):
        strategy = (variant.strategy, {"active_share": variant.active_share})
        [alone] = run(signals, strategy, broker=SubAccountBroker(cash=10_000.0), analyzers=[EquityCurve])
        np.testing.assert_array_equal(curve(alone)["equity"], curve(together)["equity"])


def test_the_broker_is_the_sum_of_all(signals, run):
    broker = SubAccountBroker(cash=10_000.0)
    ran = run(signals, (Binary, {"active_share": 0.3}), (BuyAndHold, {}), broker=broker)
    assert broker.getvalue() == pytest.approx(sum(strategy.broker.getvalue() for strategy in ran), rel=1e-15)
    assert broker.getcash() == pytest.approx(sum(strategy.broker.getcash() for strategy in ran), rel=1e-15)
    sizes = [strategy.position.size for strategy in ran]
    assert broker.getposition(ran[0].data).size == pytest.approx(sum(sizes), rel=1e-15)


class Crosses(bt.Strategy):
    """A plain strategy, which opens no account and would size its orders on everybody's money."""

    def next(self):
        self.order_target_percent(target=0.5)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_plain_strategy_does_not_trade_with_the_money_of_others(signals, run, order):
    both = ((Kelly, {}), (Crosses, {}))
    with pytest.raises(
        ArgumentError, match="Crosses has no account in a SubAccountBroker whose money is other strategies'"
    ):
        run(signals, *(both[place] for place in order), broker=SubAccountBroker(cash=10_000.0))


def test_a_plain_broker_is_replaced_with_its_settings(signals):
    cerebro = bt.Cerebro()
    cerebro.adddata(bt.feeds.PandasData(dataname=signals))
    cerebro.broker.setcash(5_000.0)
    cerebro.broker.setcommission(0.25)
    cerebro.addstrategy(BuyAndHold)
    [strategy] = cerebro.run()
    assert isinstance(cerebro.broker, SubAccountBroker)
    assert strategy.broker.startingcash == 5_000
    first_open = signals["Open"].iloc[1]
    assert strategy.position.size == pytest.approx(5_000 / (1.25 * first_open), rel=1e-11)
    assert cerebro.broker.getvalue() == pytest.approx(strategy.position.size * signals["Close"].iloc[-1], rel=1e-11)


def test_another_kind_of_broker_is_refused(signals, run):
    class HouseBroker(bt.brokers.BackBroker):
        pass

    with pytest.raises(ArgumentError, match=r"found a HouseBroker: call cerebro.setbroker\(SubAccountBroker\(\)\)"):
        run(signals, (Kelly, {}), broker=HouseBroker())


@pytest.mark.parametrize("shares", [{"a": 0.5}, {"a": 0.0, "b": 1.0}, {"a": -0.5, "b": 1.5}])
def test_shares_must_be_above_0_and_add_up_to_1(shares):
    with pytest.raises(ArgumentError, match="add up to 1"):
        SubAccountBroker().open_accounts(None, shares)


def test_a_second_run_starts_over(signals):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=signals))
    cerebro.setbroker(SubAccountBroker(cash=10_000.0))
    cerebro.addstrategy(BuyAndHold)
    first, second = (cerebro.run()[0].broker.getvalue() for _ in range(2))
    assert first == second != 10_000
    assert len(cerebro.broker.accounts) == 1


def test_backtraders_observers_and_analyzers_see_the_strategys_own_money(signals):
    cerebro = bt.Cerebro(stdstats=True)
    cerebro.adddata(ForecastFeed(dataname=signals))
    cerebro.setbroker(SubAccountBroker(cash=10_000.0))
    cerebro.addstrategy(Proportional, active_share=0.3)
    cerebro.addstrategy(Binary)
    cerebro.addanalyzer(bt.analyzers.TimeReturn, _name="returns")
    for strategy in cerebro.run():
        growth = np.prod([1 + value for value in strategy.analyzers.returns.get_analysis().values()])
        assert 10_000 * growth == pytest.approx(strategy.broker.getvalue(), rel=1e-12)
        assert strategy.observers.broker.lines.value[0] == strategy.broker.getvalue()
        assert strategy.observers.broker.lines.cash[0] == strategy.broker.getcash()
