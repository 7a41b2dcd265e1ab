"""Orders made from a template are what Backtrader's constructor makes."""

import backtrader as bt
import pytest

from backtrader_walkforward.brokers.order_template import Decision, OrderTemplate


@pytest.fixture
def made_and_built(signals, run):
    """A pair of orders on the fifth bar, ours and Backtrader's: `made_and_built(size)`."""

    def made_and_built(size):
        class OrdersOnce(bt.Strategy):
            def next(self):
                if len(self) != 5:
                    return
                decision = Decision(0.5, 3, self.data.datetime[0], self.data.close[0])
                made = OrderTemplate(self, self.data).make(size, decision, account="active")
                kind = bt.order.BuyOrder if size > 0 else bt.order.SellOrder
                built = kind(owner=self, data=self.data, size=abs(size), tradeid=3)
                self.made = made, built

        return run(signals, (OrdersOnce, {}))[0].made

    return made_and_built


@pytest.mark.parametrize("size", [2.5, -2.5])
def test_a_made_order_has_all_that_a_built_one_has(made_and_built, size):
    made, built = made_and_built(size)
    assert made.owner is made.p.owner is built.owner
    assert made.data is made.p.data is built.data
    assert vars(made.p).keys() == vars(built.p).keys()
    for part in ("created", "executed"):
        found, expected = vars(getattr(made, part)), vars(getattr(built, part))
        assert found == expected
    for name in ("size", "tradeid", "exectype", "valid", "plimit", "dteos", "triggered", "parent", "simulated", "oco"):
        assert getattr(made, name) == getattr(built, name)
        assert name not in vars(built.p) or getattr(made.p, name) == getattr(built.p, name)
    assert made.isbuy() == built.isbuy() == (size > 0)
    assert made.status == made.Accepted
    assert made.info.account == "active"
    assert made.ref != built.ref


def test_orders_of_one_template_share_nothing_that_changes(signals, run):
    class OrdersTwice(bt.Strategy):
        def next(self):
            template, decision = OrderTemplate(self, self.data), Decision(1.0, 0, self.data.datetime[0], 10.0)
            self.made = template.make(1.0, decision), template.make(2.0, decision)

    first, second = run(signals, (OrdersTwice, {}))[0].made
    first.addinfo(note="first")
    first.executed.size = first.p.size = 7
    assert "note" not in second.info
    assert (second.executed.size, second.p.size, second.size) == (0, 2, 2)
