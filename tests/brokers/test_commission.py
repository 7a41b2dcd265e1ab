"""The commission scheme by hand, also in a plain broker of Backtrader's."""

import backtrader as bt
import pytest

from backtrader_walkforward.brokers import TradingCosts


@pytest.mark.parametrize(
    ("size", "price", "expected"),
    [(100, 50.0, 2.5), (-100, 50.0, 2.5), (10, 50.0, 1.0), (-0.001, 50.0, 1.0), (0, 50.0, 0.0)],
)
def test_5_basis_points_and_at_least_1(size, price, expected):
    assert TradingCosts(commission=0.0005, minimum=1.0).getcommission(size, price) == pytest.approx(expected)


def test_by_default_all_is_free():
    costs = TradingCosts()
    assert costs.getcommission(100, 50.0) == 0
    assert costs.stocklike


def test_a_plain_broker_charges_a_weekend_on_the_market_value(bars_of, run):
    class ShortOnce(bt.Strategy):
        def next(self):
            if len(self) == 1:
                self.sell(size=100)

    broker = bt.brokers.BackBroker(cash=1_000.0)
    broker.addcommissioninfo(TradingCosts(interest=0.365))
    bars = bars_of(opens=[10, 10, 10, 10], closes=[10, 12, 11, 9])  # Wednesday to Friday, Monday
    run(bars, (ShortOnce, {}), broker=broker)
    assert broker.getcash() == pytest.approx(1_000 + 1_000 - 1.2 - 3.3, rel=1e-12)
