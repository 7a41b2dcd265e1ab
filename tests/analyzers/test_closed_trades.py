"""Closed trades: size, profit and commission of each, in any Cerebro."""

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades

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
