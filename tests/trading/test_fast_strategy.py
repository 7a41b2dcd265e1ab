"""Backtrader's hooks, called for those who listen."""

import backtrader as bt
import pytest

from backtrader_walkforward.trading.fast_strategy import FastStrategy

HOOKS = ("notify_order", "notify_trade", "notify_cashvalue", "notify_fund")


def wanting(base, *hooks):
    """Return a class that writes down what reaches it in some of the hooks."""

    def noting(hook):
        def note(self, *told):
            figures = [getattr(one, "status", one) for one in told]  # of an order or a trade
            self.strategy.heard.append((len(self.strategy), type(self).__name__, hook, *figures))

        return note

    return type("_".join(hooks), (base,), {hook: noting(hook) for hook in hooks})


class Parent(bt.Analyzer):
    """Hears nothing itself; its child does."""

    def __init__(self):
        wanting(bt.Analyzer, "notify_trade")()


def in_turn(strategy):
    """Buy and sell in turn."""
    (strategy.sell if strategy.position else strategy.buy)()


def positions_found(strategy):
    """Hand in what a broker does that finds a position at its start: orders that are told to nobody, but trades are."""
    kind = bt.SellOrder if strategy.position else bt.BuyOrder
    price = strategy.data.close[0]
    order = kind(owner=strategy, data=strategy.data, size=1, price=price, simulated=True, exectype=bt.Order.Market)
    strategy.broker._ocoize(order, None)
    strategy.broker.submit(order, check=False)


def heard(base, bars, hooks, quick, *parts, history=None, trade=in_turn):
    """Return what a strategy of `base` and its analyzers hear while it trades."""

    class InTurn(wanting(base, *hooks)):
        def __init__(self):
            self.strategy, self.heard = self, []

        def next(self):
            trade(self)

    cerebro = bt.Cerebro(stdstats=False, quicknotify=quick)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars))
    cerebro.addstrategy(InTurn)
    for part in (*(wanting(bt.Analyzer, hook) for hook in hooks), Parent, bt.Analyzer, *parts):
        (cerebro.addobserver if issubclass(part, bt.Observer) else cerebro.addanalyzer)(part)
    if history:
        cerebro.add_order_history(*history)
    (strategy,) = cerebro.run()
    return strategy.heard


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("hooks", [HOOKS, HOOKS[:2], HOOKS[:1], HOOKS[1:2], HOOKS[2:3], HOOKS[3:], ()])
def test_all_who_listen_hear_the_same_in_the_same_order(signals, hooks, quick):
    """What they hear in plain Backtrader, bar by bar, children of analyzers too."""
    bars = signals.iloc[:12]
    told = heard(FastStrategy, bars, hooks, quick)
    assert told == heard(bt.Strategy, bars, hooks, quick)
    assert {hook for _, _, hook, *_ in told} == {*hooks, "notify_trade"}


def test_cash_is_not_added_up_for_nobody(signals, monkeypatch):
    """Without a hook of theirs, no listener is told."""
    calls = []
    monkeypatch.setattr(bt.Analyzer, "notify_cashvalue", lambda self, cash, value: calls.append(value))
    heard(FastStrategy, signals.iloc[:12], HOOKS[:2], quick=False)
    assert not calls
    heard(bt.Strategy, signals.iloc[:12], HOOKS[:2], quick=False)
    assert calls


class SetsHooks(bt.Analyzer):
    """Listens by functions set on the object, not on its class."""

    def start(self):
        for hook in HOOKS:
            setattr(self, hook, lambda *told, hook=hook: self.strategy.heard.append(hook))


class GrandParent(bt.Analyzer):
    """Has a child that hears nothing itself, and that has one which is told cash and value."""

    def __init__(self):
        child = Parent()
        child._children.append(wanting(bt.Analyzer, *HOOKS[2:])())


class Forwards(bt.Analyzer):
    """Listens where Backtrader tells an analyzer, before its hooks."""

    def _notify_order(self, order):
        self.strategy.heard.append(order.status)

    def _notify_cashvalue(self, cash, value):
        self.strategy.heard.append(value)


class ListensLate(bt.Analyzer):
    """Has a child from the fifth bar on."""

    def next(self):
        if len(self.strategy) == 5:
            self._children.append(wanting(bt.Analyzer, *HOOKS[:2])())


class Drawn(bt.observers.DrawDown):
    """An observer, with an analyzer of its own that listens."""

    def __init__(self):
        super().__init__()
        self._owner._addanalyzer_slave(wanting(bt.Analyzer, *HOOKS))


@pytest.mark.parametrize("part", [SetsHooks, GrandParent, Forwards, ListensLate, Drawn])
def test_unusual_listeners_hear_the_same(signals, part):
    assert heard(FastStrategy, signals.iloc[:12], (), False, part) == heard(
        bt.Strategy, signals.iloc[:12], (), False, part
    )


@pytest.mark.parametrize("notify", [True, False])
def test_orders_of_a_history_are_told_where_that_is_asked_for(signals, notify):
    """And the trades that come of them, always."""
    days = signals.index
    history = [[days[2], 1, 50.0], [days[6], -1, 60.0]]
    told, wanted = (
        heard(base, signals.iloc[:12], HOOKS[:2], False, history=(history, notify))
        for base in (FastStrategy, bt.Strategy)
    )
    assert told == wanted
    assert {hook for _, _, hook, *_ in told} == {"notify_order", "notify_trade"}


def test_trades_are_told_without_their_orders(signals):
    bars = signals.iloc[:12]
    told = heard(FastStrategy, bars, HOOKS[:2], False, trade=positions_found)
    assert told == heard(bt.Strategy, bars, HOOKS[:2], False, trade=positions_found)
    assert {hook for _, _, hook, *_ in told} == {"notify_trade"}


def test_what_was_announced_is_forgotten(signals):
    """Backtrader would keep every order of a long run."""
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=signals))
    cerebro.addstrategy(type("Buys", (FastStrategy,), {"next": lambda self: self.buy()}))
    (strategy,) = cerebro.run()
    assert strategy.position.size > 1
    assert not strategy._orders
