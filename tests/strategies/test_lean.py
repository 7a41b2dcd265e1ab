"""Backtrader's hooks, called for those who listen."""

import backtrader as bt
import pytest

from strategies.lean import LeanStrategy

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


def heard(base, bars, hooks, quick):
    """Return what a strategy of `base` and its analyzers hear while it buys and sells in turn."""

    class InTurn(wanting(base, *hooks)):
        def __init__(self):
            self.strategy, self.heard = self, []

        def next(self):
            (self.sell if self.position else self.buy)()

    cerebro = bt.Cerebro(stdstats=False, quicknotify=quick)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars))
    cerebro.addstrategy(InTurn)
    for analyzer in (*(wanting(bt.Analyzer, hook) for hook in hooks), Parent, bt.Analyzer):
        cerebro.addanalyzer(analyzer)
    (strategy,) = cerebro.run()
    return strategy.heard


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("hooks", [HOOKS, HOOKS[:2], HOOKS[:1], HOOKS[1:2], HOOKS[2:3], HOOKS[3:], ()])
def test_all_who_listen_hear_the_same_in_the_same_order(market, hooks, quick):
    """What they hear in plain Backtrader, bar by bar, children of analyzers too."""
    bars = market.iloc[:12]
    told = heard(LeanStrategy, bars, hooks, quick)
    assert told == heard(bt.Strategy, bars, hooks, quick)
    assert {hook for _, _, hook, *_ in told} == {*hooks, "notify_trade"}


def test_who_does_not_listen_is_not_called(market, monkeypatch):
    """An analyzer without a hook of its own costs nothing."""
    calls = []
    monkeypatch.setattr(bt.Analyzer, "notify_order", lambda self, order: calls.append(order))
    heard(LeanStrategy, market.iloc[:12], (), quick=False)
    assert not calls
    heard(bt.Strategy, market.iloc[:12], (), quick=False)
    assert calls


def test_a_hook_of_one_analyzer_alone_is_heard(market):
    """Set on the object, not on its class."""

    class Counts(bt.Analyzer):
        def start(self):
            self.notify_order = told.append

    class Buys(LeanStrategy):
        def next(self):
            self.buy()

    told = []
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=market.iloc[:12]))
    cerebro.addstrategy(Buys)
    cerebro.addanalyzer(Counts)
    cerebro.run()
    assert len(told) > 10


def test_what_was_announced_is_forgotten(market):
    """Backtrader would keep every order of a long run."""
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=market))
    cerebro.addstrategy(type("Buys", (LeanStrategy,), {"next": lambda self: self.buy()}))
    (strategy,) = cerebro.run()
    assert strategy.position.size > 1
    assert not strategy._orders
