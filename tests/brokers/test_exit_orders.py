"""Stops that rest in the account: where they fill, what they cover, when the strategy comes back."""

import backtrader as bt
import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.orders import Orders

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import Fills
from backtrader_walkforward.trading.variants import find_strategies

FLAT = (100, 100, 100, 100)
KINDS = {"stop_loss": 0.02, "trailing_stop": 0.03, "take_profit": 0.025}


class Weights(SizingStrategy):
    """Target weight = predicted return; records, at each close, weight, position and sizes of the resting orders."""

    def __init__(self):
        self.closes = []

    def target_weight(self):
        return self.predicted_return

    def next(self):
        super().next()
        account = self.broker.accounts["active"]
        resting = [order.executed.remsize for order in account.get_orders_open()]
        self.closes.append((self.weight, account.getposition(self.data).size, resting))


def trade(bars, weights, *, strategy=Weights, coc=False, **params):
    """Trade bars of (open, high, low, close) with these weights, the last one repeated; return strategy and exits.

    An exit is (number of the bar, kind, size, price).
    """
    weights = [*weights, *[weights[-1]] * (len(bars) - len(weights))]
    frame = pd.DataFrame(bars, pd.bdate_range("2020-01-01", periods=len(bars)), dtype=float)
    frame.columns = ["Open", "High", "Low", "Close"]
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=frame.assign(Volume=1.0, predicted_return=weights)))
    cerebro.setbroker(SubAccountBroker(cash=1000.0, coc=coc))
    cerebro.addstrategy(strategy, **params)
    for analyzer in (Exits, Fills, Orders):
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    [ran] = cerebro.run()
    return ran, ran.analyzers.Exits.get_analysis()


class Exits(bt.Analyzer):
    """Every fill of a resting order: number of the bar, kind, size, price."""

    def start(self):
        self._exits = []

    def notify_order(self, order):
        if order.status == order.Completed and order.info.get("exit"):
            [fill] = order.executed.exbits
            self._exits.append((len(self.data) - 1, order.info.exit, round(fill.size, 9), fill.price))
            account = self.strategy.broker.accounts["active"]
            position, resting = account.getposition(self.data).size, account.get_orders_open()
            assert position * fill.size > 0 if position else not resting  # a reversal may follow at the same open

    def get_analysis(self):
        return self._exits


def test_stops_of_a_position_in_numbers_of_numpy():
    """A weight of 0.5 makes 5 shares of the one that a plain order bought."""

    class InNumPy(Weights):
        def next(self):
            self.broker.accounts["active"].order_target_weight(self.data, np.float64(self.predicted_return))
            if len(self) == 1:
                self.broker.accounts["active"].buy(self, self.data, np.float64(1.0))

    bars = [FLAT, FLAT, (100, 100, 97, 97), (97, 97, 97, 97)]
    _, exits = trade(bars, [0.5], strategy=InNumPy, stop_loss=0.02)
    assert exits == [(2, "stop_loss", -5.0, 98.0)]


@pytest.mark.parametrize(
    ("weight", "params", "bar", "expected"),
    [
        pytest.param(1, {"stop_loss": 0.05}, (100, 101, 94, 96), (2, "stop_loss", -10, 95), id="within the bar"),
        pytest.param(1, {"stop_loss": 0.05}, (90, 99, 88, 98), (2, "stop_loss", -10, 90), id="gap through"),
        pytest.param(1, {"stop_loss": 0.05}, (100, 101, 95, 96), (2, "stop_loss", -10, 95), id="just touched"),
        pytest.param(1, {"take_profit": 0.05}, (100, 106, 99, 101), (2, "take_profit", -10, 105), id="profit"),
        pytest.param(
            1, {"take_profit": 0.05}, (108, 109, 99, 101), (2, "take_profit", -10, 108), id="profit at the gap"
        ),
        pytest.param(1, {"trailing_stop": 0.05}, (100, 101, 94, 96), (2, "trailing_stop", -10, 95), id="trailing"),
        pytest.param(-1, {"stop_loss": 0.05}, (100, 106, 99, 104), (2, "stop_loss", 10, 105), id="short"),
        pytest.param(-1, {"take_profit": 0.05}, (100, 101, 94, 96), (2, "take_profit", 10, 95), id="short, profit"),
        pytest.param(
            -1, {"trailing_stop": 0.05}, (100, 106, 99, 104), (2, "trailing_stop", 10, 105), id="short, trailing"
        ),
    ],
)
def test_it_fills_at_its_price_or_at_the_open_beyond_it(weight, params, bar, expected):
    strategy, exits = trade([FLAT, FLAT, bar, FLAT], [weight], **params)
    assert exits == [expected]
    assert [position for _, position, _ in strategy.closes][2:] == [0, 0]


@pytest.mark.parametrize(
    ("params", "bar", "kind", "price"),
    [
        pytest.param(
            {"stop_loss": 0.05, "take_profit": 0.03}, (100, 106, 94, 105), "stop_loss", 95, id="the loss counts"
        ),
        pytest.param(
            {"stop_loss": 0.05, "take_profit": 0.05}, (106, 107, 94, 95), "take_profit", 106, id="the open first"
        ),
        pytest.param(
            {"stop_loss": 0.05, "trailing_stop": 0.03}, (100, 101, 90, 91), "trailing_stop", 97, id="the nearer"
        ),
        pytest.param(
            {"stop_loss": 0.03, "trailing_stop": 0.05}, (100, 101, 90, 91), "stop_loss", 97, id="the nearer loss"
        ),
    ],
)
def test_of_several_on_one_bar_one_fills_and_the_others_are_gone(params, bar, kind, price):
    strategy, exits = trade([FLAT, FLAT, bar, FLAT], [1], **params)
    assert exits == [(2, kind, -10, price)]
    assert strategy.closes[2][2] == []


def test_a_trailing_stop_follows_the_closes_and_never_goes_back():
    bars = [FLAT, (100, 104, 100, 104), (104, 120, 104, 110), (110, 110, 106, 106), (106, 106, 104, 104)]
    _, exits = trade([*bars, FLAT], [1], trailing_stop=0.05)
    assert exits == [(4, "trailing_stop", -10, 105)]  # the best close, 110, less 5 % of the entry price, 100


def test_a_trailing_stop_keeps_its_level_when_the_position_is_resized():
    bars = [FLAT, (100, 104, 100, 104), (104, 120, 104, 110), (110, 110, 106, 106), (106, 106, 104, 104), FLAT]
    strategy, exits = trade(bars, [1, 1, 0.5], trailing_stop=0.05)
    assert [round(position) for _, position, _ in strategy.closes] == [0, 10, 10, 5, 0, 0]
    assert [(bar, price) for bar, _, _, price in exits] == [(4, 105)]


def test_it_rests_from_the_bar_after_a_fill_at_the_open():
    _, exits = trade([FLAT, (100, 120, 80, 100), FLAT, (100, 100, 94, 95)], [1], stop_loss=0.05, take_profit=0.05)
    assert exits == [(3, "stop_loss", -10, 95)]


@pytest.mark.parametrize(
    ("weight", "low", "high", "expected"),
    [
        (1, 80, 120, (1, "stop_loss", -10, 95)),
        (1, 96, 120, (1, "take_profit", -10, 105)),
        (1, 96, 104, None),
        (-1, 80, 120, (1, "stop_loss", 10, 105)),
        (-1, 80, 104, (1, "take_profit", 10, 95)),
    ],
)
def test_a_setting_protects_the_day_of_the_entry(weight, low, high, expected):
    bars = [FLAT, (100, high, low, 100), FLAT]
    strategy, exits = trade(bars, [weight], stop_loss=0.05, take_profit=0.05, stop_entry_day=True)
    assert exits == [expected] if expected else exits == []
    assert [round(position) for _, position, _ in strategy.closes] == ([0, 0, 0] if expected else [0, 10, 10])


def test_no_stop_sees_the_part_of_the_day_before_a_limit_order_filled():
    class Limits(Weights):
        def next(self):
            super().next()
            if len(self) == 1:
                self.broker.accounts["active"].buy(self, self.data, 1, price=96, exectype=bt.Order.Limit)

    bars = [FLAT, (100, 100, 90, 100)]
    strategy, exits = trade(bars, [0], strategy=Limits, stop_loss=0.05, stop_entry_day=True)
    assert exits == []
    assert strategy.position.size == 1


@pytest.mark.parametrize("weight", [0.8, 0.3])
def test_a_stop_reached_at_the_open_comes_before_the_target_order(weight):
    strategy, exits = trade([FLAT, FLAT, (80, 82, 79, 81), FLAT], [0.5, weight], stop_loss=0.05)
    assert exits == [(2, "stop_loss", -5, 80)]
    assert len(strategy.analyzers.Fills.get_analysis()) == 2  # nothing is bought while the stop stands at 95
    assert [position for _, position, _ in strategy.closes] == [0, 5, 0, 0]
    assert strategy.broker.getvalue() == 900


def test_a_reversal_decided_before_a_stop_at_the_open_opens_the_other_side_there():
    strategy, exits = trade([FLAT, FLAT, (80, 82, 79, 80), (80, 80, 80, 80)], [0.5, -1], stop_loss=0.05)
    assert exits == [(2, "stop_loss", -5, 80)]
    assert [round(position, 9) for _, position, _ in strategy.closes] == [0, 5, -11.25, -11.25]
    assert [weight for weight, *_ in strategy.closes] == [0.5, -1, -1, -1]


def test_a_strategy_that_was_reversed_at_the_open_is_not_kept_out():
    bars = [FLAT, FLAT, (80, 82, 79, 80), (80, 80, 80, 80)]
    strategy, _ = trade(bars, [0.5, -1, 0.5], stop_loss=0.05)
    assert [weight for weight, *_ in strategy.closes] == [0.5, -1, 0.5, 0.5]
    assert strategy.closes[-1][1] == pytest.approx(5.625)


def test_a_plain_order_does_not_move_a_stop_that_the_open_has_reached():
    class Buys(Weights):
        def next(self):
            super().next()
            if len(self) == 2:
                self.broker.accounts["active"].buy(self, self.data, 2)

    _, exits = trade([FLAT, FLAT, (80, 82, 79, 81), FLAT], [0.5], strategy=Buys, stop_loss=0.05)
    assert exits == [(2, "stop_loss", -7.625, 80)]  # 5.625 are 0.5 of 900 at 80; the plain order buys 2 more


@pytest.mark.parametrize(("opens", "price"), [(100, 95), (90, 90)])
def test_it_rests_through_the_bar_after_a_fill_at_the_close(opens, price):
    _, exits = trade([FLAT, (opens, 101, 80, 100), FLAT], [1], coc=True, stop_loss=0.05)
    assert exits == [(1, "stop_loss", -10, price)]


def test_after_a_stop_it_stays_out_until_the_signs_of_its_weights_change():
    bars = [FLAT, FLAT, (100, 100, 94, 100), *[FLAT] * 6]
    strategy, exits = trade(bars, [1, 1, 0.5, 0.7, 0, 0.5], stop_loss=0.05)
    assert len(exits) == 1
    assert [weight for weight, *_ in strategy.closes] == [1, 1, 0, 0, 0, 0.5, 0.5, 0.5, 0.5]
    strategy, exits = trade(bars, [1, 1, 1, -0.5, 0.5], stop_loss=0.05)
    assert [weight for weight, *_ in strategy.closes] == [1, 1, 0, -0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    strategy, exits = trade(bars, [1, 1, 1, np.nan, 1], stop_loss=0.05)
    assert [weight for weight, *_ in strategy.closes] == [1, 1, 0, 0, 1, 1, 1, 1, 1]


def test_a_stop_on_the_bar_of_a_change_covers_what_is_held_then():
    sink = (100, 100, 94, 95)
    strategy, exits = trade([FLAT, FLAT, sink, FLAT], [0.8, 0.3], stop_loss=0.05)
    assert exits == [(2, "stop_loss", -3, 95)]  # 8 bought, 5 sold at the open of the same bar
    assert strategy.closes[2][1] == 0
    strategy, exits = trade([FLAT, FLAT, sink, FLAT], [0.3, 0.8], stop_loss=0.05)
    assert exits == [(2, "stop_loss", -8, 95)]
    assert strategy.closes[2][1] == 0


def test_a_reversal_takes_the_old_orders_along():
    strategy, exits = trade([FLAT, FLAT, (100, 106, 94, 100), FLAT], [1, -1], stop_loss=0.05)
    assert exits == []
    _, position, resting = strategy.closes[2]
    assert position == -10
    assert resting == [10]


def test_the_entry_price_is_the_average_of_what_is_held():
    # 5 at 100 and about 5.36 at 91: the average is 95.3, a tenth below it 85.8
    bars = [FLAT, FLAT, (91, 91, 90.5, 91), (91, 91, 85, 88), FLAT]
    strategy, exits = trade(bars, [0.5, 0.987], stop_loss=0.1)
    [first, second] = strategy.analyzers.Fills.get_analysis().iloc[:2].itertuples()
    average = (first.size * 100 + second.size * 91) / (first.size + second.size)
    assert exits[0][:2] == (3, "stop_loss")
    assert exits[0][3] == pytest.approx(0.9 * average, rel=1e-12)


def test_a_position_sold_and_bought_again_has_a_new_entry_price():
    class Renews(Weights):
        def next(self):
            super().next()
            if len(self) == 3:
                size = self.position.size
                self.broker.accounts["active"].sell(self, self.data, size)
                self.broker.accounts["active"].buy(self, self.data, size)

    bars = [FLAT, FLAT, FLAT, (110, 110, 110, 110), (110, 110, 100, 100)]
    _, exits = trade(bars, [1], strategy=Renews, stop_loss=0.05)
    assert exits == [(4, "stop_loss", -10, 104.5)]


def test_a_short_that_could_not_gain_as_much_has_no_take_profit():
    strategy, exits = trade([FLAT, FLAT, (1, 1, 0.5, 0.5), FLAT], [-1], take_profit=1.0)
    assert exits == []
    assert all(resting == [] for *_, resting in strategy.closes)
    strategy, _ = trade([FLAT] * 4, [1], take_profit=1.0)
    assert strategy.closes[-1][2] == [pytest.approx(-10)]


def test_slippage_makes_a_stop_worse_and_a_limit_not():
    class Slipping(Weights):
        def __init__(self):
            super().__init__()
            self.broker.accounts["active"].set_slippage_perc(0.01)

    # bought at 101; the bars are wide enough for all the slippage
    _, exits = trade([FLAT, (100, 102, 90, 100), (100, 102, 90, 91)], [1], strategy=Slipping, stop_loss=0.05)
    assert exits[0][3] == pytest.approx(101 * 0.95 * 0.99)
    _, exits = trade([FLAT, (100, 102, 99, 100), (100, 110, 99, 109)], [1], strategy=Slipping, take_profit=0.05)
    assert exits[0][3] == pytest.approx(101 * 1.05)


def test_a_ruined_account_has_no_orders_left():
    bars = [FLAT, FLAT, (100, 210, 100, 205), (205, 300, 205, 300), (300, 400, 300, 400)]
    strategy, exits = trade(bars, [-1], take_profit=0.5)
    assert strategy.broker.bankrupt == strategy.data.datetime.date(-2)
    assert exits == []
    assert [resting for *_, resting in strategy.closes[3:]] == [[], []]


def test_a_strategy_refuses_a_share_out_of_range():
    with pytest.raises(ArgumentError, match=r"^Weights.stop_loss is a share of the entry price"):
        trade([FLAT] * 3, [1], stop_loss=5)


class PlainExit(bt.Strategy):
    """Buys on the first bar and places one order in `notify_order`, as one does in plain Backtrader."""

    params = dict(kind="stop_loss", share=0.02)

    def __init__(self):
        self.exits = []

    def next(self):
        if len(self) == 1:
            self.buy(size=1)

    def notify_order(self, order):
        entry, share = order.executed.price, self.p.share
        if order.status == order.Completed and order.isbuy():
            if self.p.kind == "stop_loss":
                self.sell(size=1, exectype=bt.Order.Stop, price=entry * (1 - share))
            elif self.p.kind == "take_profit":
                self.sell(size=1, exectype=bt.Order.Limit, price=entry * (1 + share))
            else:
                best = max(entry, self.data.close[0])
                self.sell(size=1, exectype=bt.Order.StopTrail, price=best, trailamount=entry * share)
        elif order.status == order.Completed:
            self.exits.append((len(self) - 1, order.executed.price))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_when_and_where_plain_backtrader_exits(sample, kind):
    starts = range(2000, 5000, 120)
    found = []
    for start in starts:
        bars = sample.iloc[start : start + 40]
        plain = bt.Cerebro(stdstats=False)
        plain.adddata(bt.feeds.PandasData(dataname=bars))
        plain.addstrategy(PlainExit, kind=kind, share=KINDS[kind])
        [expected] = plain.run()
        _, exits = trade(bars.to_numpy()[:, :4], [1], **{kind: KINDS[kind]})
        found += exits
        assert [(bar, price) for bar, _, _, price in exits] == expected.exits
    assert len(found) > len(starts) / 2


@pytest.mark.parametrize("coc", [False, True], ids=["next open", "close"])
@pytest.mark.parametrize("whole_shares", [False, True], ids=["fractions", "whole shares"])
@pytest.mark.parametrize("strategy", find_strategies().values(), ids=find_strategies())
def test_a_stop_always_leaves_nothing(signals, run, strategy, coc, whole_shares):
    broker = SubAccountBroker(cash=100_000.0, coc=coc, whole_shares=whole_shares)
    broker.setcommission(commission=0.001)
    [ran] = run(signals, (strategy, KINDS), broker=broker, analyzers=[Exits, Fills, Orders])
    counts, exits = ran.analyzers.Orders.get_analysis()["stopped"], ran.analyzers.Exits.get_analysis()
    assert sum(counts.values()) == len(exits) > 5
    told = {(date, price) for date, price in ran.analyzers.Fills.get_analysis()[["date", "price"]].to_numpy()}
    assert {(signals.index[bar], price) for bar, _, _, price in exits} <= told
    assert list(counts) == list(KINDS)


@pytest.mark.parametrize("coc", [False, True], ids=["next open", "close"])
@pytest.mark.parametrize("strategy", find_strategies().values(), ids=find_strategies())
def test_stops_that_are_never_touched_change_nothing(signals, run, strategy, coc):
    far = {"stop_loss": 0.99, "trailing_stop": 0.99, "take_profit": 9.0}
    seen = []
    for params in ({}, far):
        broker = SubAccountBroker(cash=1_000.0, coc=coc)
        [ran] = run(signals, (strategy, params), broker=broker, analyzers=[Fills])
        seen.append((ran.analyzers.Fills.get_analysis(), ran.broker.getvalue(), ran.broker.getcash()))
    pd.testing.assert_frame_equal(seen[0][0], seen[1][0], check_exact=True)
    assert seen[0][1:] == seen[1][1:]


@pytest.mark.parametrize("coc", [False, True], ids=["next open", "close"])
@pytest.mark.parametrize("strategy", find_strategies().values(), ids=find_strategies())
def test_the_past_does_not_change_with_the_future(signals, run, strategy, coc):
    poisoned, known = signals.copy(), signals.index[59]
    poisoned.iloc[61:] *= 3.0
    seen = []
    for bars in (signals, poisoned):
        broker = SubAccountBroker(cash=1_000.0, coc=coc)
        [ran] = run(bars, (strategy, KINDS), broker=broker, analyzers=[Fills, Exits])
        fills = ran.analyzers.Fills.get_analysis()
        exits = [exit for exit in ran.analyzers.Exits.get_analysis() if exit[0] < 60]
        seen.append((fills[fills["date"] <= known], exits))
    pd.testing.assert_frame_equal(seen[0][0], seen[1][0], check_exact=True)
    assert seen[0][1] == seen[1][1] != []


def test_resting_orders_cover_exactly_the_position_at_every_close(signals, run):
    [ran] = run(signals, (Weights, KINDS), analyzers=[Exits])
    assert len({position for _, position, _ in ran.closes}) > 60
    for _, position, resting in ran.closes:
        assert resting == ([-position] * 3 if position else [])


def test_the_passive_account_has_none(signals, run):
    [ran] = run(signals, (Weights, KINDS | {"active_share": 0.5}), analyzers=[Exits, Fills])
    fills = ran.analyzers.Fills.get_analysis()
    assert len(fills[fills["account"] == "passive"]) == 1
    assert list(ran.broker.accounts["passive"].get_orders_open()) == []
    assert ran.analyzers.Exits.get_analysis()


def test_plain_orders_of_the_same_strategy_go_first(signals, run):
    class Closes(Weights):
        def next(self):
            super().next()
            if len(self) % 7 == 0 and (size := self.position.size):
                send = self.broker.sell if size > 0 else self.broker.buy
                send(self, self.data, abs(size))

    [ran] = run(signals, (Closes, KINDS), analyzers=[Exits])
    for _, position, resting in ran.closes:
        assert all(size == -position for size in resting)


def test_a_strategy_may_cancel_them():
    class Cancels(Weights):
        def notify_order(self, order):
            if order.info.get("exit") == "take_profit" and order.status == order.Accepted:
                self.cancel(order)

    strategy, exits = trade([FLAT, FLAT, (100, 110, 90, 100)], [1], strategy=Cancels, **KINDS)
    assert exits == []
    assert [resting for *_, resting in strategy.closes] == [[], [], []]


@pytest.mark.parametrize("kind", KINDS)
def test_a_filler_fills_them_in_parts_until_nothing_is_left(kind):
    class InParts(Weights):
        def __init__(self):
            super().__init__()
            self.broker.accounts["active"].set_filler(lambda order, price, ago: min(4.0, abs(order.executed.remsize)))

    bars = [FLAT, FLAT, FLAT, FLAT, FLAT, (100, 120, 80, 100), (100, 120, 80, 100), (100, 120, 80, 100), FLAT]
    strategy, _ = trade(bars, [1, 1, 1], strategy=InParts, **{kind: KINDS[kind]})
    sizes = [round(size, 6) for _, size, _ in strategy.closes]
    assert sizes[4] == 10
    assert sizes[-1] == 0


class TiesToAStop(Weights):
    def next(self):
        super().next()
        resting = self.broker.accounts["active"].get_orders_open()
        if resting:
            account = self.broker.accounts["active"]
            account.sell(self, self.data, 1, price=200, exectype=bt.Order.Limit, oco=resting[0])


def test_an_exit_order_is_no_part_of_a_group_of_orders():
    with pytest.raises(ArgumentError, match="oco must be an order of your own, found the exit order stop_loss"):
        trade([FLAT] * 4, [1.0], strategy=TiesToAStop, stop_loss=0.05)
