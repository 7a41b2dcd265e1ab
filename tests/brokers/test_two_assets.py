"""Two assets in one account: both count when a target weight is sized, and each bar of each counts once."""

import backtrader as bt
import pandas as pd
import pytest

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.errors import ArgumentError


class Constant(bt.Strategy):
    """Orders the same weights at every close, and records cash, positions and equity there."""

    params = dict(weights=(0.5, 0.5))

    def __init__(self):
        self.broker = SubAccountBroker.of(self.env).open_accounts(self, {"active": 1.0})
        self.account = self.broker.accounts["active"]
        self.closes = []

    def next(self):
        sizes = [round(self.account.getposition(data).size, 6) for data in self.datas]
        self.closes.append((round(self.account.getcash(), 6), *sizes, round(self.account.getvalue(), 6)))
        for data, weight in zip(self.datas, self.p.weights, strict=False):
            self.account.order_target_weight(data, weight)


class Buys(Constant):
    """Orders one share, or one contract, by a plain order."""

    def next(self):
        self.buy(size=1)


def bars(opens, closes=None, first="2024-01-01"):
    """Return bars of business days."""
    frame = pd.DataFrame(
        {"Open": opens, "Close": closes or opens}, pd.bdate_range(first, periods=len(opens)), dtype=float
    )
    frame["High"], frame["Low"] = frame.max(axis=1), frame.min(axis=1)
    return frame.assign(Volume=1.0)


def trade(*frames, broker=None, strategy=Constant, **params):
    cerebro = bt.Cerebro(stdstats=False)
    for frame in frames:
        cerebro.adddata(bt.feeds.PandasData(dataname=frame))
    cerebro.setbroker(broker or SubAccountBroker(cash=1000.0))
    cerebro.addstrategy(strategy, **params)
    [ran] = cerebro.run()
    return ran.closes


def test_halves_stay_halves():
    # 5 and 5 at 100; then 200 and 100: equity 1,500, so 3.75 at 200 and 7.5 at 100
    assert trade(bars([100, 100, 200]), bars([100, 100, 100])) == [
        (1000, 0, 0, 1000),
        (0, 5, 5, 1000),
        (0, 3.75, 7.5, 1500),
    ]


def test_what_one_sells_pays_for_the_other_whichever_comes_first():
    # the first falls to 50: equity 750, so 7.5 at 50 are bought with what 1.25 at 100 bring
    assert trade(bars([100, 100, 50]), bars([100, 100, 100]))[-1] == (0, 7.5, 3.75, 750)


def test_a_fill_at_the_close_values_both_at_that_close():
    found = trade(bars([100] * 3, [100, 200, 200]), bars([100] * 3), broker=SubAccountBroker(cash=1000.0, coc=True))
    assert found[-1] == (0, 3.75, 7.5, 1500)


def test_a_short_and_a_long_are_shares_of_the_same_equity():
    # -5 and 10 at 100; then 120 and 100: equity 900, so -3.75 at 120 and 9 at 100
    assert trade(bars([100, 100, 120]), bars([100, 100, 100]), weights=(-0.5, 1.0)) == [
        (1000, 0, 0, 1000),
        (500, -5, 10, 1000),
        (450, -3.75, 9, 900),
    ]


def test_an_asset_without_a_bar_that_day_counts_at_its_last_close():
    # only the first trades on the last day: 1,500 x 0.5 / 200, while 5 of the other stand at their last close
    with pytest.warns(UserWarning, match="holds 5 of data1, which ends on 2024-01-02, before others"):
        found = trade(bars([100, 100, 200]), bars([100, 100]))
    assert found[-1] == (250, 3.75, 5, 1500)


def test_a_weight_above_1_is_reached_with_leverage_alone():
    broker = SubAccountBroker(cash=1000.0)
    assert trade(bars([100, 100, 110]), broker=broker, weights=(2.0,))[1:] == [(0, 10, 1000), (0, 10, 1100)]
    broker = SubAccountBroker(cash=1000.0)
    broker.setcommission(leverage=2.0)
    # 20 at 100 take 1,000 of cash; at 110 they have gained 200: 2 x 1,200 / 110 = 21.8, for which the cash is spent
    assert trade(bars([100, 100, 110]), broker=broker, weights=(2.0,))[1:] == [(0, 20, 1000), (0, 20, 1200)]


@pytest.mark.parametrize(
    ("weights", "leverage", "sizes"),
    [
        ((-1.0,), 1.0, (-10,)),
        ((-3.0,), 1.0, (-10,)),
        ((-5.0,), 2.0, (-20,)),
        ((-1.0, -1.0), 1.0, (-5, -5)),
        ((-0.5, -0.5), 1.0, (-5, -5)),
        ((-3.0, -1.0), 2.0, (-13.333333, -6.666667)),
        ((3.0, -2.0), 1.0, (10, -10)),
    ],
    ids=str,
)
def test_shorts_end_at_the_leverage_as_purchases_do(weights, leverage, sizes):
    broker = SubAccountBroker(cash=1000.0)
    broker.setcommission(leverage=leverage)
    closes = trade(*[bars([100, 100])] * len(weights), broker=broker, weights=weights)
    assert closes[-1][1:-1] == sizes


def test_a_short_with_leverage_brings_all_of_its_proceeds():
    broker = SubAccountBroker(cash=1000.0)
    broker.setcommission(leverage=2.0)
    assert trade(bars([100, 100, 90]), broker=broker, weights=(-0.5,)) == [
        (1000, 0, 1000),
        (1500, -5, 1000),
        (1575, -5.833333, 1050),
    ]


class BuysWithTheProceeds(Constant):
    """Sells 10 of the first feed short and buys 20 of the second one."""

    def next(self):
        super().next()
        if len(self) == 1:
            self.sell(self.data0, size=10)
            self.buy(self.data1, size=20)


def test_the_proceeds_of_a_short_are_owed_where_they_are_spent():
    broker = SubAccountBroker(cash=1000.0, margin_rate=0.365)
    flat, settings = bars([100] * 3), {"weights": (), "strategy": BuysWithTheProceeds}
    assert trade(flat, flat, broker=broker, **settings)[1:] == [(0, -10, 20, 1000), (-1, -10, 20, 999)]


def test_whole_shares_with_leverage_spend_the_last_cent():
    broker = SubAccountBroker(cash=1000.0, whole_shares=True)
    broker.setcommission(leverage=2.0)
    assert trade(bars([125, 125]), broker=broker, weights=(2.0,))[-1] == (0, 16, 1000)


def test_leverage_does_not_inflate_the_equity_that_is_sized_on():
    broker = SubAccountBroker(cash=1000.0)
    broker.setcommission(leverage=2.0)
    # 5 at 100 take 250; at 200 the equity is 1,500, half of it 3.75 at 200; 1.25 sold bring 62.5 and 125 of profit
    assert trade(bars([100, 100, 200]), broker=broker, weights=(0.5,)) == [
        (1000, 0, 1000),
        (750, 5, 1000),
        (937.5, 3.75, 1500),
    ]


@pytest.mark.parametrize(
    ("scheme", "found"),
    [({"margin": 100.0, "commission": 1.0}, "a commission scheme of futures"), ({"mult": 10.0}, "mult=10")],
)
@pytest.mark.parametrize("strategy", [Constant, Buys])
def test_what_is_no_share_is_refused_by_weight_and_by_size(scheme, found, strategy):
    own = SubAccountBroker(cash=1000.0)
    own.setcommission(**scheme)
    with pytest.raises(ArgumentError, match=f"^an account trades shares alone, found {found}: trade it with"):
        trade(bars([100, 100]), broker=own, strategy=strategy, weights=(1.0,))


def test_weights_of_shares_not_paid_in_cash_are_refused():
    own = SubAccountBroker(cash=1000.0, shortcash=False)
    with pytest.raises(ArgumentError, match=r"^target weights are for shares .* shortcash=False: send buy\(\)"):
        trade(bars([100, 100]), broker=own, weights=(1.0,))


def test_an_account_ruined_by_two_shorts_buys_both_back():
    """5 short of each from 100 to 250: 1,000 + 1,000 - 2,500. The cash of -500 pays for no new purchase."""
    closes = trade(
        bars([100, 100, 100, 250], [100, 100, 250, 250]),
        bars([100, 100, 100, 250], [100, 100, 250, 250]),
        weights=(-0.5, -0.5),
    )
    assert closes[-2:] == [(2000, -5, -5, -500), (-500, 0, 0, -500)]
