"""The orders of every shipped strategy in three engines: ours, plain Backtrader and backtesting.py. Equal equity.

The sizes are ours in all three. That they are the weights that were decided is a test of its own here.
Each engine gets the whole shares that ours traded, at the open after the bar on which they were decided, and charges
0.1 % of the value. All of them hold short positions; backtesting.py trades whole units, so ours trades whole shares.
"""

import backtrader as bt
import numpy as np
import pandas as pd
import pytest
from backtesting import Backtest, Strategy

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK
from tests.laws.drawn_markets import PURE_AND_A_HYBRID

SETTINGS = Settings.of(capital=1e7, whole_shares=True, commission_bps=10)


def orders_of(result, days) -> list[list[float]]:
    """Return the sizes of the orders that were decided on each bar, which is the one before their fill."""
    rows = days.get_indexer(result.fills["date"])
    return [list(result.fills["size"][rows == row + 1]) for row in range(len(days))]


def equity_in_backtrader(bars, orders):
    """Send the orders to Backtrader's own broker and return the equity at each close."""

    class SameOrders(bt.Strategy):
        def __init__(self):
            self.equity = []

        def next(self):
            self.equity.append(self.broker.getvalue())
            for size in orders[len(self) - 1]:
                (self.buy if size > 0 else self.sell)(size=abs(size))

    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars))
    cerebro.addstrategy(SameOrders)
    cerebro.broker.set_cash(SETTINGS.trading.capital)
    cerebro.broker.set_checksubmit(False)  # it would compare the cost with the cash before the open is known
    cerebro.broker.setcommission(commission=0.001)
    return cerebro.run()[0].equity


def equity_in_backtesting(bars, orders):
    """Send the orders to backtesting.py, which decides from the second bar on: its first one is made up.

    A margin of one half, as it wants the commission of a short sale of all equity on top of the equity.
    """

    class SameOrders(Strategy):
        def init(self):
            """Nothing to prepare."""

        def next(self):
            for size in orders[len(self.data) - 2]:
                (self.buy if size > 0 else self.sell)(size=abs(size))

    before = bars.iloc[:1].set_axis(bars.index[:1] - pd.Timedelta(days=1))
    account = dict(cash=SETTINGS.trading.capital, commission=0.001, margin=0.5, finalize_trades=False)
    engine = Backtest(pd.concat([before, bars]), SameOrders, **account)
    return engine.run()["_equity_curve"]["Equity"].iloc[1:]


@pytest.mark.filterwarnings("ignore:Some trades remain open", "ignore:DatetimeIndex.dayofweek is deprecated")
@pytest.mark.parametrize("allow_short", [True, False])
def test_the_same_orders_give_the_same_equity(signals, allow_short):
    bars = signals[["Open", "High", "Low", "Close", "Volume"]]
    settings = SETTINGS.replace(allow_short=allow_short)
    for result in run_backtest(signals, [*PURE_AND_A_HYBRID, BENCHMARK], settings):
        orders = orders_of(result, bars.index)
        assert sum(map(len, orders)) == len(result.fills) > 0
        np.testing.assert_allclose(equity_in_backtrader(bars, orders), result.equity, rtol=1e-12)
        np.testing.assert_allclose(equity_in_backtesting(bars, orders), result.equity, rtol=1e-12)


def shares_invested(bars, fills, capital):
    """Return the position as a share of the equity at each open, once the fills of the day are booked."""
    traded = fills.assign(paid=fills["size"] * fills["price"] + fills["commission"])
    sums = traded.groupby("date")[["size", "paid"]].sum().reindex(bars.index, fill_value=0.0).cumsum()
    before = sums.shift(fill_value=0.0)
    return sums["size"] * bars["Open"] / (capital - before["paid"] + before["size"] * bars["Open"])


@pytest.mark.parametrize("allow_short", [True, False])
def test_every_position_has_the_size_of_its_weight(signals, allow_short):
    """That of the close before, but for one share of 10,000, the commission, and the band where nothing is traded."""
    settings = SETTINGS.replace(allow_short=allow_short)
    for variant, result in zip(PURE_AND_A_HYBRID, run_backtest(signals, PURE_AND_A_HYBRID, settings), strict=True):
        fills = result.fills[result.fills["account"] == "active"]
        held = shares_invested(signals, fills, variant.active_share * settings.trading.capital).iloc[1:]
        filled, wanted = held.index.isin(fills["date"]), result.weights.shift().iloc[1:]
        slack = 0.003 + np.where(filled, 0.0, settings.trading.rebalance_band) * held.abs()
        assert ((held - wanted).abs() <= slack).all()
        assert wanted[filled].abs().max() > 0.03
