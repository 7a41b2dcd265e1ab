"""Closed trades: size, profit and commission of each, in any Cerebro."""

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades

from backtrader_walkforward.brokers import TradingCosts
from backtrader_walkforward.errors import ArgumentError

ORDERS = {0: 10, 1: 5, 2: -19, 4: 4}
"""Shares ordered at the close of each bar: long 10, more, a turn to 4 short, out."""


class Orders(bt.Strategy):
    def next(self):
        shares = ORDERS.get(len(self) - 1, 0)
        if shares:
            (self.buy if shares > 0 else self.sell)(size=abs(shares))


def test_a_trade_has_the_size_of_its_first_fill():
    days = pd.bdate_range("2024-01-01", periods=6)
    opens = pd.Series([100.0, 100.0, 102.0, 104.0, 104.0, 101.0], days)
    bars = pd.DataFrame({"open": opens, "high": opens, "low": opens, "close": opens, "volume": 1.0})
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars))
    cerebro.addstrategy(Orders)
    cerebro.addanalyzer(ClosedTrades, _name="trades")
    found = cerebro.run()[0].analyzers.trades.get_analysis()
    trades = found["closed"]
    assert trades["size"].tolist() == [10, -4]
    assert trades["profit"].tolist() == pytest.approx([10 * 4.0 + 5 * 2.0, 4 * 3.0])
    assert trades["commission"].tolist() == [0.0, 0.0]
    assert [f"{day:%d}" for day in trades["opened"]] == ["02", "04"]
    assert [f"{day:%d}" for day in trades["closed"]] == ["04", "08"]
    assert found["win_rate"] == 1.0


class Shorts(bt.Strategy):
    def next(self):
        if len(self) == 1:
            self.sell(size=5)
        if len(self) == 4:
            self.close()


def borrowed(**broker):
    """Return the closed trade of 5 shares, short at 100 and covered at 99.99, borrowed at 0.10 a share and night."""
    prices = pd.Series([100.0, 100.0, 100.0, 100.0, 99.99, 99.99], pd.bdate_range("2024-01-01", periods=6))
    bars = pd.DataFrame({"open": prices, "high": prices, "low": prices, "close": prices, "volume": 1.0})
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars))
    cerebro.setbroker(bt.brokers.BackBroker(cash=1_000.0, **broker))
    cerebro.broker.addcommissioninfo(TradingCosts(interest=0.365))
    cerebro.addstrategy(Shorts)
    cerebro.addanalyzer(ClosedTrades, _name="trades")
    return cerebro.run()[0].analyzers.trades.get_analysis()


def test_the_plain_broker_has_the_borrowing_in_the_commission():
    found = borrowed()
    assert found["closed"][["profit", "commission"]].to_numpy().tolist() == [pytest.approx([-1.45, 1.5])]
    assert found["win_rate"] == 0


def test_a_plain_broker_that_does_not_tell_the_borrowing_is_refused():
    with pytest.raises(ArgumentError, match=r"found a broker with int2pnl=False, .*: leave set_int2pnl\(False\) out$"):
        borrowed(int2pnl=False)
