"""The table of docs/reference/accounting.md: each result is computed by the broker."""

from collections.abc import Callable
from pathlib import Path

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades

from backtrader_walkforward.brokers import Stops, SubAccountBroker, TradingCosts
from backtrader_walkforward.trading.recorders import Fills
from tests.one_account import OneAccount

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "accounting.md"
CELLS = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
RESULTS = {event: result for event, _, _, result in CELLS[1:]}

FLAT = (100, 100, 100, 100)
EVENTS: dict[str, Callable[[], str]] = {}


class PayingFeed(bt.feeds.PandasData):
    lines = ("dividend", "lot_size")
    params = (("dividend", -1), ("lot_size", -1))


class Targets(OneAccount):
    """Order the weights of each bar, one for each feed; record cash and equity of the account at the closes."""

    params = dict(weights=())

    def order(self):
        weights = dict(enumerate(self.p.weights, 1)).get(len(self), ())
        for data, weight in zip(self.datas, weights, strict=False):
            self.account.order_target_weight(data, weight)

    @property
    def sizes(self):
        return [self.account.getposition(data).size for data in self.datas]


SETTINGS = ("cash_rate", "rebalance_band", "margin_rate", "whole_shares")


def trade(*markets, weights, stops=(), dividends=0.0, lots=1.0, **settings):
    """Trade markets, each a list of bars (open, high, low, close) from a Thursday on."""
    cerebro = bt.Cerebro(stdstats=False)
    for bars in markets:
        index = pd.bdate_range("2020-01-02", periods=len(bars))
        frame = pd.DataFrame(bars, index, ["open", "high", "low", "close"], dtype=float).assign(volume=1.0)
        frame = frame.assign(dividend=dividends, lot_size=lots)
        cerebro.adddata(PayingFeed(dataname=frame))
    of_broker = {name: settings.pop(name) for name in SETTINGS if name in settings}
    cerebro.setbroker(SubAccountBroker(cash=1000.0, **of_broker))
    cerebro.broker.addcommissioninfo(TradingCosts(**settings))
    cerebro.addstrategy(Targets, weights=weights, stops=Stops(**dict(stops)))
    for analyzer in (Fills, ClosedTrades):
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    return cerebro.run()[0]


def event(name):
    def register(function):
        EVENTS[name] = function
        return function

    return register


def flat_at(price):
    return (price,) * 4


@event("fill")
def _fill():
    ran = trade([FLAT, FLAT], weights=[(0.5,)], commission=0.01)
    return f"{ran.sizes[0]:.2f} shares, cash {ran.closes[-1][0]:.2f}"


@event("gap")
def _gap():
    ran = trade([FLAT, (80, 100, 80, 100)], weights=[(0.5,)])
    return f"{ran.sizes[0]:.2f} shares, cash {ran.closes[-1][0]:.2f}"


@event("weight of 1")
def _all():
    ran = trade([FLAT, FLAT], weights=[(1.0,)], commission=0.01)
    return f"{ran.sizes[0]:.2f} shares, cash {ran.closes[-1][0]:.2f}"


@event("small change")
def _small():
    ran = trade([FLAT] * 4, weights=[(0.5,), (0.54,), (0.56,)], rebalance_band=0.1)
    return f"{ran.sizes[0]:.2f} shares, {len(ran.analyzers.Fills.get_analysis())} fills"


@event("reversal")
def _reversal():
    ran = trade([FLAT] * 3, weights=[(0.5,), (-0.5,)], minimum=2.0)
    return f"cash {ran.closes[-1][0]:,.2f}, commission {ran.analyzers.Fills.get_analysis()['commission'].iloc[-1]:.2f}"


@event("two assets")
def _two():
    ran = trade([FLAT, FLAT, flat_at(200)], [FLAT] * 3, weights=[(0.5, 0.5)] * 2)
    return f"{ran.sizes[0]:.2f} and {ran.sizes[1]:.2f} shares, equity {ran.closes[-1][1]:,.2f}"


@event("leverage")
def _leverage():
    ran = trade([FLAT, (100, 200, 100, 200)], weights=[(0.5,)], leverage=2.0)
    return f"cash {ran.closes[-1][0]:.2f}, equity {ran.closes[-1][1]:,.2f}"


@event("debit interest")
def _debit():
    ran = trade([FLAT] * 3, weights=[(1.0,)], leverage=2.0, margin_rate=0.365)
    [flow] = ran.account.cash_flows
    return f"{-flow.amount:.2f} paid"


def sold(ran):
    return f"sold at {ran.analyzers.Fills.get_analysis()['price'].iloc[-1]:.2f}, equity {ran.closes[-1][1]:.2f}"


@event("stop")
def _stop():
    return sold(trade([FLAT, FLAT, (100, 100, 90, 100)], weights=[(0.5,)], stops={"stop_loss": 0.05}))


@event("gap through a stop")
def _gap_through():
    ran = trade([FLAT, FLAT, (80, 100, 80, 100)], weights=[(0.5,), (0.8,)], stops={"stop_loss": 0.05})
    return f"{sold(ran)}, {len(ran.analyzers.Fills.get_analysis())} fills"


@event("stop on the day of the entry")
def _entry_day():
    bars, stops = [FLAT, (100, 100, 90, 100)], {"stop_loss": 0.05}
    runs = [trade(bars, weights=[(0.5,)], stops=stops | {"entry_day": on}) for on in (False, True)]
    without, with_it = (ran.closes[-1][1] for ran in runs)
    return f"equity {without:,.2f} without, {with_it:.2f} with it"


@event("borrowing")
def _borrowing():
    ran = trade([flat_at(10), (10, 12, 10, 12), flat_at(12)], weights=[(-1.0,)], interest=0.365)
    return f"{-ran.account.cash_flows[-1].amount:.2f} paid"


@event("interest on cash")
def _interest():
    ran = trade([FLAT] * 3, weights=[], cash_rate=0.365)
    return f"{ran.account.cash_flows[-1].amount:.2f} received"


@event("dividend")
def _dividend():
    runs = [trade([FLAT, FLAT, flat_at(98)], weights=[(weight,)], dividends=[0, 0, 2]) for weight in (1.0, -1.0)]
    (bought, equity), (sold_short, same) = (ran.closes[-1] for ran in runs)
    assert equity == pytest.approx(same)
    return f"cash {bought:,.2f} or {sold_short:,.2f}, equity {equity:,.2f}"


@event("split")
def _split():
    ran = trade([flat_at(120)] * 4, weights=[(0.5,)] * 3, whole_shares=True, lots=[2, 2, 1, 1])
    fills = ran.analyzers.Fills.get_analysis()
    return f"{ran.sizes[0]:.2f} shares, {len(fills)} fill, equity {ran.closes[-1][1]:,.2f}"


@event("delisting")
def _delisting():
    with pytest.warns(UserWarning, match="holds 5 of data1, which ends on 2020-01-06, .* at that close, 90,"):
        ran = trade([FLAT] * 5, [FLAT, FLAT, flat_at(90)], weights=[(0.5, 0.5), (), (), (0.0, 0.0)])
    return f"{ran.sizes[1]:.2f} shares, cash {ran.closes[-1][0]:.2f}, equity {ran.closes[-1][1]:.2f}"


@event("bankruptcy")
def _bankruptcy():
    ran = trade([FLAT, (100, 205, 100, 205), flat_at(205), FLAT], weights=[(-1.0,), (), (1.0,)])
    assert ran.sizes == [0]
    return f"equity {ran.closes[-1][1]:.2f} at the end"


@event("end of the data")
def _end():
    ran = trade([FLAT, (100, 110, 100, 110)], weights=[(0.5,)])
    return f"equity {ran.closes[-1][1]:,.2f}, {ran.analyzers.ClosedTrades.get_analysis()['trades']} closed trades"


def test_every_event_of_the_table_is_computed():
    assert list(RESULTS) == list(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_the_books_are_as_the_table_says(name):
    assert EVENTS[name]() == RESULTS[name]
