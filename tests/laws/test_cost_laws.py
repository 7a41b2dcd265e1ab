"""The law of costs, in one's own Cerebro and with Backtrader's own schemes: who pays more never earns more."""

import backtrader as bt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from tests.laws.drawn_markets import PURE_AND_A_HYBRID, both_fills, law, markets


class FlatFee(bt.CommInfoBase):
    """The same for every order."""

    params = dict(stocklike=True)

    def _getcommission(self, size, price, pseudoexec):
        return self.p.commission


COSTS = {
    "percent": lambda broker, cost: broker.setcommission(commission=cost),
    "a share": lambda broker, cost: broker.setcommission(cost, commtype=bt.CommInfoBase.COMM_FIXED, stocklike=True),
    "an order": lambda broker, cost: broker.addcommissioninfo(FlatFee(commission=cost)),
    "slippage": lambda broker, cost: broker.set_slippage_perc(cost, slip_out=True),
}
"""Without `slip_out` Backtrader limits slippage to the bar's range, with fills at the close to that of the next bar."""

costs = st.floats(0, 0.05)


def traded(signals: pd.DataFrame, fill: str, kind: str, cost: float, *strategies) -> list[bt.Strategy]:
    """Run strategies in a Cerebro of one's own that charges for trading."""
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=signals))
    cerebro.setbroker(SubAccountBroker(cash=1e6, coc=fill == "close"))
    COSTS[kind](cerebro.broker, cost)
    for strategy, params in strategies:
        cerebro.addstrategy(strategy, **params)
    for analyzer in (EquityCurve, Fills):
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    return cerebro.run()


def equity_of(strategy: bt.Strategy) -> pd.Series:
    return strategy.analyzers.EquityCurve.get_analysis()["equity"]


class SameTrades(bt.Strategy):
    """Buys the sizes given, or sells those below 0, whatever they cost; 0 is no order."""

    params = dict(sizes=())

    def __init__(self):
        self.broker = self.broker.open_accounts(self, {"active": 1.0})

    def next(self):
        size = self.p.sizes[len(self) - 1]
        (self.buy if size > 0 else self.sell)(size=abs(size))


@both_fills
@pytest.mark.parametrize("kind", COSTS)
@law
@given(signals=markets(), shares=arrays(int, 45, elements=st.integers(-3, 3)), two=st.tuples(costs, costs))
def test_the_same_trades_never_earn_more_when_they_cost_more(signals, shares, two, fill, kind):
    trades = (SameTrades, {"sizes": list(map(int, shares))})
    [[free], [cheap], [dear]] = (traded(signals, fill, kind, cost, trades) for cost in (0.0, *sorted(two)))
    assert (equity_of(dear) <= equity_of(cheap) + 1e-6).all()
    assert (equity_of(cheap) <= equity_of(free) + 1e-6).all()
    fills, for_free = (each.analyzers.Fills.get_analysis() for each in (dear, free))
    wanted = [size for size in shares[: len(signals) - 1] if size]
    assert list(fills["size"]) == list(for_free["size"]) == wanted
    fills["paid"] = fills["commission"] + fills["size"] * (fills["price"] - for_free["price"])
    paid = fills.groupby("date")["paid"].sum().reindex(signals.index, fill_value=0.0)
    by_close = paid.cumsum().shift(int(fill == "close"), fill_value=0.0)  # a fill at the close is paid after it
    np.testing.assert_allclose(equity_of(dear), equity_of(free) - by_close, rtol=1e-9)


@both_fills
@pytest.mark.parametrize("kind", COSTS)
@law
@given(signals=markets(), cost=costs)
def test_no_strategy_earns_more_with_costs_than_without(signals, cost, fill, kind):
    """The weights are the same, so that growth is at most the same; the sizes are not.

    Between two costs above zero this need not hold for target weights: after a dearer trade the account is smaller,
    and so are the trades to come.
    """
    strategies = [(variant.strategy, {"active_share": variant.active_share}) for variant in PURE_AND_A_HYBRID]
    for free, dear in zip(*(traded(signals, fill, kind, each, *strategies) for each in (0.0, cost)), strict=True):
        assert (equity_of(dear) <= equity_of(free) * (1 + 1e-9)).all()
