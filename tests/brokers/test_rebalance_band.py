"""The dead band: what is too small to trade, and what is traded whatever its size."""

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.strategies.proportional import Proportional

from backtrader_walkforward.brokers import SubAccountBroker, TradingCosts
from backtrader_walkforward.live.orders import orders_for
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import Fills


class Weights(SizingStrategy):
    """The weight is the predicted return."""

    def target_weight(self):
        return self.predicted_return


def sizes(bars_of, run, weights, strategy=Weights, scheme=None, **broker):
    """Trade weights at a price of 100 with 1,000 and return the sizes of the fills."""
    bars = bars_of(opens=[100] * len(weights), closes=[100] * len(weights), predicted_return=weights)
    broker = SubAccountBroker(cash=1000.0, **broker)
    broker.addcommissioninfo(scheme or TradingCosts())
    [ran] = run(bars, (strategy, {}), broker=broker, analyzers=[Fills])
    return ran.analyzers.Fills.get_analysis()["size"].round(9).tolist()


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([0.5, 0.54, 0.46, 0], [5]),
        ([0.5, 0.54, 0.56, 0], [5, 0.6]),
        ([-0.5, -0.54, -0.56, 0], [-5, -0.6]),
        ([0.5, 0.44, 0], [5, -0.6]),
        ([0.5, 0.553, 0], [5, 0.53]),
        ([0.5, 0.453, 0], [5]),
        ([0.001, 0, 0], [0.01, -0.01]),
        ([0.001, -0.001, 0], [0.01, -0.02]),
    ],
    ids=[
        "left",
        "more",
        "more of a short",
        "less",
        "more than a tenth of the position, not of the target",
        "less than a tenth of the position, not of the target",
        "closed",
        "reversed",
    ],
)
def test_a_tenth_of_the_position_is_left(bars_of, run, weights, expected):
    assert sizes(bars_of, run, weights, rebalance_band=0.1) == expected


def test_small_steps_add_up_to_a_trade(bars_of, run):
    assert sizes(bars_of, run, [0.5, 0.53, 0.56, 0.56], rebalance_band=0.1) == [5, 0.6]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([0.04, 0.06, 0.09, 0], [0.6]),
        ([0.5, 0.54, 0.56, 0], [5, 0.6]),
        ([0.06, 0.0, 0], [0.6, -0.6]),
        ([0.5, 0.02, 0, 0], [5, -4.8, -0.2]),
        ([0.06, -0.03, 0], [0.6, -0.9]),
    ],
    ids=["opened late", "changed late", "closed", "the rest is closed", "reversed"],
)
def test_an_order_of_less_than_50_is_not_sent_unless_it_closes(bars_of, run, weights, expected):
    assert sizes(bars_of, run, weights, min_order=50.0) == expected


def test_none_is_left_out_by_default_in_a_cerebro_of_ones_own(bars_of, run):
    assert sizes(bars_of, run, [0.5, 0.5001, 0]) == [5, 0.001]


def test_a_minimum_commission_is_not_paid_for_every_wobble(bars_of, run):
    wobbles = [0.5 + 0.02 * (day % 2) for day in range(150)]
    scheme = TradingCosts(minimum=1.0)
    assert len(sizes(bars_of, run, wobbles, Proportional, scheme)) == 149
    assert len(sizes(bars_of, run, wobbles, Proportional, scheme, rebalance_band=0.1)) == 1


class Halves(Weights):
    """Orders half of the second feed, too."""

    def next(self):
        super().next()
        self.broker.accounts["active"].order_target_weight(self.data1, 0.5)


@pytest.mark.parametrize(
    ("min_order", "sizes"), [(50.0, [4.99002, 4.98998]), (0.0, [4.99002, 4.98998, *[0.01699] * 4])]
)
def test_what_cash_pays_of_a_purchase_is_worth_the_least_order(bars_of, min_order, sizes):
    """The second is 12 % short of its half, worth 52; the cash of each day is a dividend of 2.50, less a fee of 1."""
    first = bars_of([100, 100] + [109] * 5, [100, 100] + [109] * 5, [0.5] * 7)
    second = bars_of([100, 100] + [88] * 5, [100, 100] + [88] * 5)
    cerebro = bt.Cerebro(stdstats=False)
    for bars in (first.assign(dividend=[0, 0, 0, 0.5, 0.5, 0.5, 0.5]), second):
        cerebro.adddata(ForecastFeed(dataname=bars))
    cerebro.setbroker(SubAccountBroker(cash=1000.0, rebalance_band=0.1, min_order=min_order))
    cerebro.broker.addcommissioninfo(TradingCosts(minimum=1.0))
    cerebro.addstrategy(Halves)
    cerebro.addanalyzer(Fills, _name="fills")
    [ran] = cerebro.run()
    assert ran.analyzers.fills.get_analysis()["size"].round(5).tolist() == sizes


def test_orders_for_the_next_session_leave_out_the_same():
    weights, held = pd.Series([0.54, 0.56, 0.0, -0.01, 0.04]), pd.Series([5.0, 5.0, 5.0, 0.01, 0.0])
    trading = Settings.of(rebalance_band=0.1, min_order=50.0).trading
    target, order = orders_for(weights, equity=1000.0, close=100.0, held=held, trading=trading)
    assert target.round(9).tolist() == [5.4, 5.6, 0, -0.1, 0.4]
    assert order.round(9).tolist() == [0, 0.6, -5, -0.11, 0]
