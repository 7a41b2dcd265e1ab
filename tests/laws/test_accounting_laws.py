"""The laws of the books: equity is cash and positions, fills and flows give it, dividends lose nothing."""

import backtrader as bt
import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.brokers import SubAccountBroker, TradingCosts
from tests.laws.drawn_markets import both_fills

DAYS, CAPITAL = 120, 1_000.0


class PayingFeed(bt.feeds.PandasData):
    lines = ("dividend",)
    params = (("dividend", -1),)


class Books(bt.Strategy):
    """Orders a weight for each feed at each close, and adds up its own fills and flows."""

    params = dict(weights=())

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"active": 1.0})
        self.account, self.rows = self.broker.accounts["active"], []
        self.spent, self.held = 0.0, dict.fromkeys(self.datas, 0.0)

    def notify_order(self, order):
        for fill in filter(None, order.executed.iterpending()):
            self.spent += fill.size * fill.price + fill.openedcomm + fill.closedcomm
            self.held[order.data] += fill.size

    def next(self):
        for data, weight in zip(self.datas, self.p.weights[len(self) - 1], strict=True):
            self.account.order_target_weight(data, weight)
        held = sum(self.account.getposition(data).size * data.close[0] for data in self.datas)
        flows = sum(flow.amount for flow in self.account.cash_flows)
        added_up = CAPITAL - self.spent + flows + sum(size * data.close[0] for data, size in self.held.items())
        self.rows.append((self.account.getvalue(), self.account.getcash() + held, added_up))


def market(seed, dividends=True):
    """Return bars that open where they closed, less the dividend of every tenth day; and the dividends."""
    drawn = np.random.default_rng(seed)
    days = pd.bdate_range("2020-01-01", periods=DAYS)
    close, rows = 100.0, []
    for day in range(DAYS):
        dividend = close * drawn.uniform(0.005, 0.05) if dividends and day % 10 == 9 else 0.0
        first = close - dividend
        close = first * (1 + drawn.normal(0, 0.02))
        rows.append((first, max(first, close), min(first, close), close, 1.0, dividend))
    return pd.DataFrame(rows, days, ["open", "high", "low", "close", "volume", "dividend"])


def traded(*markets, weights, coc=False, **costs):
    cerebro = bt.Cerebro(stdstats=False)
    for bars in markets:
        cerebro.adddata(PayingFeed(dataname=bars))
    cerebro.setbroker(SubAccountBroker(cash=CAPITAL, coc=coc, cash_rate=0.03, margin_rate=0.05 if costs else 0.0))
    cerebro.broker.addcommissioninfo(TradingCosts(**costs))
    cerebro.addstrategy(Books, weights=weights)
    [strategy] = cerebro.run()
    return strategy


@both_fills
@pytest.mark.parametrize("leverage", [1.0, 2.0])
@pytest.mark.parametrize("assets", [1, 2])
def test_equity_is_cash_and_positions_and_what_fills_and_flows_add_up_to(fill, leverage, assets):
    """With leverage a position counts with what was paid for it and its profit, and cash is what the lender left."""
    drawn = np.random.default_rng(11)
    weights = drawn.uniform(-1, 1, (DAYS, assets)) / assets
    costs = {"commission": 0.001, "minimum": 0.05, "interest": 0.04, "leverage": leverage}
    books = traded(*map(market, range(assets)), weights=weights, coc=fill == "close", **costs)
    kinds = {flow.kind for flow in books.account.cash_flows}
    assert kinds == {"dividend", "borrowing", "cash_interest"}
    equity, cash_and_positions, added_up = np.array(books.rows).T
    assert np.ptp(equity) > 10
    assert equity == pytest.approx(added_up, rel=1e-9)
    if leverage == 1:
        assert equity == pytest.approx(cash_and_positions, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_dividends_in_cash_at_the_open_are_worth_what_adjusted_prices_say(seed):
    """Where the market opens lower by the dividend, and the weight is restored there, both earn the same."""
    bars = market(seed)
    steps = 1 - bars["dividend"] / bars["close"].shift()
    factor = steps[::-1].cumprod()[::-1].shift(-1, fill_value=1.0)
    prices = ["open", "high", "low", "close"]
    adjusted = bars.assign(**bars[prices].mul(factor, axis=0), dividend=0.0)
    weights = np.random.default_rng(seed).uniform(-1, 1, (DAYS, 1))
    quoted, without = (traded(one, weights=weights) for one in (bars, adjusted))
    assert len([flow for flow in quoted.account.cash_flows if flow.kind == "dividend"]) == 12
    assert np.array(quoted.rows)[:, 0] == pytest.approx(np.array(without.rows)[:, 0], rel=1e-9)
