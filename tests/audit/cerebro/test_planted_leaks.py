"""Typical ways to know tomorrow in a Cerebro of one's own: the audit finds each."""

from pathlib import Path
from typing import ClassVar

import backtrader as bt
import numpy as np
import pandas as pd
import pytest

from tests.audit.cerebro.conftest import audited_here, build, doubts_of, factory_of, faults_of

pytestmark = pytest.mark.slow

MIRRORED = "changes when later rows are mirrored"


class Decides(bt.Strategy):
    """Holds ten shares, long or short, as `rises` says."""

    def next(self):
        self.order_target_size(target=10 if self.rises() else -10)

    def rises(self):
        return self.data.close[0] > self.data.open[0]

    @property
    def frame(self):
        return self.data.p.dataname

    @property
    def following(self):
        return self.frame.iloc[min(len(self), len(self.frame) - 1)]


class BarBeforeTheFirst(Decides):
    """On the first bar, Backtrader answers with the last close of all."""

    def rises(self):
        return self.data.close[0] > self.data.close[-1]


class NextClose(Decides):
    def rises(self):
        return len(self) % 25 == 0 and self.data.close[1] > self.data.close[0]


class NextCloseWithCare(Decides):
    def rises(self):
        ahead = min(1, self.data.buflen() - len(self.data))
        return self.data.close[ahead] > self.data.close[0]


class RowOfTheFrame(Decides):
    """Looks on one day in five."""

    def rises(self):
        return self.following["Close"] > self.data.close[0] if len(self) % 5 == 0 else super().rises()


class VolumeToCome(Decides):
    def rises(self):
        return self.following["Volume"] > 1.3 * self.data.volume[0]


class MedianOfAll(Decides):
    def rises(self):
        return self.data.close[0] > self.frame["Close"].median()


class BufferOfTheLine(Decides):
    def rises(self):
        buffer = self.data.close.array
        return buffer[min(len(self), len(buffer) - 1)] > self.data.close[0]


class LimitAtTheLowToCome(Decides):
    def next(self):
        if not self.position:
            self.buy(size=10, exectype=bt.Order.Limit, price=self.following["Low"])
        else:
            self.close()


class KnowsTheEnd(Decides):
    """Holds what has risen when all is over."""

    def rises(self):
        return self.frame["Close"].iloc[-1] > self.data.close[0]


@pytest.mark.parametrize(
    "strategy",
    [NextCloseWithCare, RowOfTheFrame, VolumeToCome, MedianOfAll, BufferOfTheLine, LimitAtTheLowToCome, KnowsTheEnd],
)
def test_a_strategy_that_looks_at_later_rows(prices, strategy):
    found = faults_of(audited_here(factory_of(strategy), prices))
    assert found["strategy", strategy.__name__] in (MIRRORED, "changes when later rows are cut off")


def test_the_next_close_is_found_however_seldom_it_is_read(prices):
    found = faults_of(audited_here(factory_of(NextClose), prices, n_dates=1))
    place = "test_planted_leaks.py: NextClose.rises(): IndexError: "
    assert found["strategy, bar by bar", "NextClose"].startswith(f"reads a later bar: {place}")


def test_the_bar_before_the_first_is_the_last_of_all(prices):
    found = audited_here(factory_of(BarBeforeTheFirst), prices, n_dates=1)
    assert faults_of(found)["strategy, bar by bar", "BarBeforeTheFirst"] == "differs when bars come one by one"


class KnowsTheBarOfItsOpen(Decides):
    """Orders at an open, and knows how that day ends."""

    def next(self):
        pass

    def next_open(self):
        super().next()


class PutsOff(Decides):
    """Cancels, before it fills, what the bar is against."""

    def __init__(self):
        self.add_timer(when=bt.timer.SESSION_START, cheat=True)
        self.sent = None

    def next(self):
        self.sent = self.buy(size=1) if len(self) % 2 else self.sell(size=1)

    def notify_timer(self, *_, **__):
        if self.sent and self.sent.size * (self.data.close[0] - self.data.open[0]) < 0:
            self.cancel(self.sent)


AT_ONCE = {"set_checksubmit": dict(checksubmit=False)}
"""Orders wait in the broker from the bar on in which they are sent."""


class BuysAtTheLow(PutsOff):
    def next(self):
        self.close()

    def notify_timer(self, *_, **__):
        self.buy(size=10, exectype=bt.Order.Limit, price=self.data.low[0])


@pytest.mark.parametrize(
    ("strategy", "options"),
    [(KnowsTheBarOfItsOpen, {"cheat_on_open": True}), (PutsOff, {"broker": AT_ONCE}), (BuysAtTheLow, {})],
)
def test_an_order_that_knows_the_bar_at_whose_open_it_fills(prices, strategy, options):
    """It passed while only later rows were others."""
    report = audited_here(factory_of(strategy, **options), prices, n_dates=5)
    change = "changes when high, low and close of the bar at whose open it orders are others"
    assert faults_of(report) == {("strategy", strategy.__name__): change}


class Signal(bt.Strategy):
    """Follows a column that the factory computes."""

    def next(self):
        self.order_target_size(target=10 * int(self.data.openinterest[0]))


def scaled_in_the_factory(prices):
    return build(prices.assign(OpenInterest=np.sign(prices["Close"] - prices["Close"].mean())), Signal)


def centred_in_the_factory(prices):
    trend = prices["Close"].rolling(5, center=True).mean().diff()
    return build(prices.assign(OpenInterest=np.sign(trend).fillna(0.0)), Signal)


def backfilled_in_the_factory(prices):
    weekly = prices["Close"].resample("W-FRI").last().pct_change()
    return build(prices.assign(OpenInterest=np.sign(weekly.reindex(prices.index, method="bfill")).fillna(0.0)), Signal)


@pytest.mark.parametrize("factory", [scaled_in_the_factory, centred_in_the_factory, backfilled_in_the_factory])
def test_a_factory_that_computes_with_later_rows(prices, factory):
    found = set(faults_of(audited_here(factory, prices)).values())
    assert found
    assert found <= {MIRRORED, "changes when later rows are cut off"}


class BetterThanTheMarket(Decides):
    def start(self):
        self.broker.set_slippage_perc(-0.002)


class Free(Decides):
    def start(self):
        self.broker.setcommission(commission=0.0)


class AtTheLow(Decides):
    def start(self):
        self.broker._slip_up = lambda pmax, price, **_: self.data.low[0]


COSTS = {"set_slippage_perc": dict(perc=0.001), "setcommission": dict(commission=0.001)}


@pytest.mark.parametrize(
    ("strategy", "fault"),
    [
        (BetterThanTheMarket, "where a market order fills at"),
        (AtTheLow, "where a market order fills at"),
        (Free, "and not"),
    ],
)
def test_a_strategy_that_fills_on_terms_of_its_own(prices, strategy, fault):
    found = faults_of(audited_here(factory_of(strategy, broker=COSTS), prices, n_dates=1))
    assert list(found) == [("fills", strategy.__name__)]
    assert fault in found["fills", strategy.__name__]


class TradesTheWeek(bt.Strategy):
    """On Wednesdays, buys the week whose open was Monday's."""

    def next(self):
        if self.data.datetime.date(0).weekday() == 2:
            self.order_target_size(self.data1, 10 if self.data.close[0] > self.data.open[-2] else -10)


def test_a_fill_at_an_open_before_the_order(prices):
    def factory(prices):
        cerebro = build(prices, TradesTheWeek)
        cerebro.resampledata(cerebro.datas[0], timeframe=bt.TimeFrame.Weeks)
        return cerebro

    found = faults_of(audited_here(factory, prices, n_dates=2))
    assert found["fills", "TradesTheWeek"] == (
        "fills at the open of a bar that began before the order was sent on 2008-07-09"
    )


class PricesOfTomorrow(Decides):
    path: ClassVar[Path]

    def rises(self):
        table = pd.read_csv(self.path, index_col=0, parse_dates=True)["Close"]
        return table.shift(-1).get(pd.Timestamp(self.data.datetime.date(0)), 0.0) > self.data.close[0]


def test_a_file_of_tomorrows_prices_is_told(prices, tmp_path, monkeypatch):
    monkeypatch.setattr(PricesOfTomorrow, "path", tmp_path / "tomorrow.csv", raising=False)
    prices.to_csv(PricesOfTomorrow.path)
    report = audited_here(factory_of(PricesOfTomorrow), prices, n_dates=2)
    assert faults_of(report) == {}
    [(found, doubt)] = doubts_of(report).items()
    assert found == ("files", "test_planted_leaks.py: PricesOfTomorrow.rises()")
    assert doubt == f"opened {PricesOfTomorrow.path}: look whether that holds anything of later days"


class Random(Decides):
    def rises(self):
        return np.random.default_rng().random() > 0.5


def test_a_strategy_that_differs_each_time_is_no_pass(prices):
    assert doubts_of(audited_here(factory_of(Random), prices, n_dates=2)) == {
        ("run", "repeated"): "differs each time on the same prices: seed its random numbers"
    }


class NeverOrders(Decides):
    def next(self):
        pass


def test_a_strategy_without_an_order_is_no_pass(prices):
    assert doubts_of(audited_here(factory_of(NeverOrders), prices, n_dates=2)) == {
        ("strategy", "NeverOrders"): "it sends no order",
        ("strategy, bar by bar", "NeverOrders"): "it sends no order",
        ("fills", "NeverOrders"): "it has no fill",
    }
