"""Backtrader's modes: how bars are loaded, computed and kept changes neither an order nor the equity, not by a bit.

`exactbars` other than 0 turns `runonce` off, and 1 turns `preload` off too (`Cerebro.runstrategies`); -1 and -2 differ
in the indicators that they keep whole. So the twelve modes, and four more for -2, are five ways through the bars.
"""

from itertools import product

import backtrader as bt
import pandas as pd
import pytest

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies

MODES = [
    dict(preload=preload, runonce=runonce, exactbars=exactbars)
    for preload, runonce, exactbars in product((True, False), (True, False), (False, True, -1, -2))
]


class AboveItsAverage(SizingStrategy):
    """Long above a smoothed average, short below: indicators upon an indicator, as a user's strategy has them."""

    def __init__(self):
        self.average = bt.indicators.EMA(bt.indicators.SMA(self.data.close, period=5), period=10)
        self.distance = self.data.close / self.average - 1

    def target_weight(self):
        return 10 * self.distance[0]


FOUND = find_strategies().values()
TOGETHER = [
    *((strategy, {"active_share": share}) for strategy in FOUND for share in (1.0, 0.3)),
    (BENCHMARK.strategy, {}),
]


def outcome(run, bars, fill, mode):
    """Return, strategy by strategy, the equity of its accounts and its fills."""
    broker = {"coc": fill == "close", "cash": 10_000.0}
    ran = [
        strategy
        for strategies in (TOGETHER, [(AboveItsAverage, {})])
        for strategy in run(
            bars, *strategies, broker=SubAccountBroker(**broker), analyzers=[EquityCurve, Fills], **mode
        )
    ]
    analyses = [strategy.analyzers for strategy in ran]
    return [(each.EquityCurve.get_analysis()["accounts"], each.Fills.get_analysis()) for each in analyses]


@pytest.fixture(scope="module", params=["next-open", "close"])
def fill(request):
    return request.param


@pytest.fixture(scope="module")
def usual(signals, run, fill):
    """The outcome in Backtrader's usual mode."""
    return outcome(run, signals.iloc[:60], fill, MODES[0])


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: " ".join(f"{name}={value}" for name, value in mode.items()))
def test_every_mode_gives_the_same_orders_and_equity(signals, run, fill, mode, usual):
    found = outcome(run, signals.iloc[:60], fill, mode)
    for (accounts, fills), (accounts_too, fills_too) in zip(usual, found, strict=True):
        pd.testing.assert_frame_equal(accounts_too, accounts, check_exact=True)
        pd.testing.assert_frame_equal(fills_too, fills, check_exact=True)
        assert len(fills)


class Plain(bt.Strategy):
    """Has no indicator."""


class Averaging(bt.Strategy):
    """Has one that needs five bars."""

    def __init__(self):
        self.average = bt.indicators.SMA(period=5)


@pytest.mark.parametrize("strategies", [(Plain, Averaging), (Averaging, Plain)])
def test_strategies_with_indicators_share_a_cerebro_that_saves_all_memory(signals, run, strategies):
    """A `ForecastFeed` keeps its bars: a strategy without indicators would shrink the buffer that others need."""
    for strategy in run(signals, *[(strategy, {}) for strategy in strategies], exactbars=True):
        if isinstance(strategy, Averaging):
            assert strategy.average[0] == pytest.approx(signals["Close"].iloc[-5:].mean())
