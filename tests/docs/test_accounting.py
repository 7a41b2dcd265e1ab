"""The table of docs/reference/accounting.md: the broker trades the numbers of each example, to the result beside it."""

import re
from collections.abc import Callable
from pathlib import Path

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.closed_trades import ClosedTrades

from backtrader_walkforward.brokers import Stops, SubAccountBroker, TradingCosts
from backtrader_walkforward.trading import RankingStrategy
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import Fills
from tests.one_account import OneAccount

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "accounting.md"
CELLS = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
ROWS = {event: (example, result) for event, _, example, result in CELLS[1:]}

EVENTS: dict[str, Callable[..., str]] = {}
"""Functions that trade an example with its numbers, in their order, and return its result in words."""


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


SETTINGS = ("cash", "cash_rate", "rebalance_band", "margin_rate", "whole_shares")


def trade(*markets, weights, stops=(), dividends=0.0, lots=1.0, first="2020-01-02", **settings):
    """Trade markets, each a list of bars (open, high, low, close) from a day on, a Thursday unless said otherwise."""
    cerebro = bt.Cerebro(stdstats=False)
    for bars in markets:
        index = pd.bdate_range(first, periods=len(bars))
        frame = pd.DataFrame(bars, index, ["open", "high", "low", "close"], dtype=float).assign(volume=1.0)
        frame = frame.assign(dividend=dividends, lot_size=lots)
        cerebro.adddata(PayingFeed(dataname=frame))
    of_broker = {name: settings.pop(name) for name in SETTINGS if name in settings}
    cerebro.setbroker(SubAccountBroker(**of_broker))
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


def numbers_in(example):
    """Return the numbers of an example, shares of a hundred as fractions."""
    found = re.findall(r"-?\d[\d,]*(?:\.\d+)?%?", example)
    return [float(text.rstrip("%,").replace(",", "")) / (100 if text.endswith("%") else 1) for text in found]


def flat(price):
    return (price,) * 4


def to(start, end):
    """A bar that opens at one price and closes at another."""
    return (start, max(start, end), min(start, end), end)


def dip(price, low):
    """A bar that opens and closes at a price, with a low below."""
    return (price, price, low, price)


def fills_of(ran):
    return ran.analyzers.Fills.get_analysis()


@event("fill")
def _fill(cash, weight, price, commission):
    ran = trade([flat(price)] * 2, weights=[(weight,)], cash=cash, commission=commission)
    return f"{ran.sizes[0]:.2f} shares, cash {ran.closes[-1][0]:.2f}"


@event("gap")
def _gap(cash, weight, close, price):
    ran = trade([flat(close), to(price, close)], weights=[(weight,)], cash=cash)
    return f"{ran.sizes[0]:.2f} shares, cash {ran.closes[-1][0]:.2f}"


@event("weight of 1")
def _all(cash, price, commission):
    ran = trade([flat(price)] * 2, weights=[(1.0,)], cash=cash, commission=commission)
    return f"{ran.sizes[0]:.2f} shares, cash {ran.closes[-1][0]:.2f}"


@event("small change")
def _small(held, price, first, second, cash, band):
    weights = [(held * price / cash,), (first,), (second,)]
    ran = trade([flat(price)] * 4, weights=weights, cash=cash, rebalance_band=band)
    return f"{ran.sizes[0]:.2f} shares, {len(fills_of(ran))} fills"


@event("reversal")
def _reversal(cash, first, second, price, minimum):
    ran = trade([flat(price)] * 3, weights=[(first,), (second,)], cash=cash, minimum=minimum)
    return f"cash {ran.closes[-1][0]:,.2f}, commission {fills_of(ran)['commission'].iloc[-1]:.2f}"


@event("two assets")
def _two(cash, price, later):
    ran = trade([flat(price)] * 2 + [flat(later)], [flat(price)] * 3, weights=[(0.5, 0.5)] * 2, cash=cash)
    return f"{ran.sizes[0]:.2f} and {ran.sizes[1]:.2f} shares, equity {ran.closes[-1][1]:,.2f}"


@event("leverage")
def _leverage(leverage, weight, cash, price, close):
    ran = trade([flat(price), to(price, close)], weights=[(weight,)], cash=cash, leverage=leverage)
    return f"cash {ran.closes[-1][0]:.2f}, equity {ran.closes[-1][1]:,.2f}"


@event("debit interest")
def _debit(leverage, paid, owed, cash, rate):
    settings = {"cash": cash, "leverage": leverage, "margin_rate": rate}
    runs = [trade([flat(100)] * 3, weights=[(weight,)], **settings) for weight in (paid, owed)]
    return " and ".join(f"{sum(-flow.amount for flow in ran.account.cash_flows):.2f}" for ran in runs) + " paid"


def sold(ran):
    return f"sold at {fills_of(ran)['price'].iloc[-1]:.2f}, equity {ran.closes[-1][1]:.2f}"


@event("stop")
def _stop(cash, size, price, distance, low):
    bars, stops = [flat(price), flat(price), dip(price, low)], {"stop_loss": distance}
    return sold(trade(bars, weights=[(size * price / cash,)], cash=cash, stops=stops))


@event("gap through a stop")
def _gap_through(cash, size, price, distance, later, weight):
    bars, weights = [flat(price), flat(price), to(later, price)], [(size * price / cash,), (weight,)]
    ran = trade(bars, weights=weights, cash=cash, stops={"stop_loss": distance})
    return f"{sold(ran)}, {len(fills_of(ran))} fills"


@event("stop on the day of the entry")
def _entry_day(cash, size, price, distance, low):
    bars, weights, stops = [flat(price), dip(price, low)], [(size * price / cash,)], {"stop_loss": distance}
    runs = [trade(bars, weights=weights, cash=cash, stops=stops | {"entry_day": on}) for on in (False, True)]
    without, with_it = (ran.closes[-1][1] for ran in runs)
    return f"equity {without:,.2f} without, {with_it:.2f} with it"


@event("borrowing")
def _borrowing(size, close, rate):
    ran = trade([flat(10), to(10, close), flat(close)], weights=[(-1.0,)], cash=size * 10, interest=rate)
    return f"{-ran.account.cash_flows[-1].amount:.2f} paid"


@event("interest on cash")
def _interest(cash, rate):
    ran = trade([flat(100)] * 2, weights=[], cash=cash, cash_rate=rate, first="2020-01-03")
    [flow] = ran.account.cash_flows
    return f"{flow.amount:.2f} received"


@event("dividend")
def _dividend(cash, bought, price, short, dividend, later):
    bars, weights = [flat(price), flat(price), flat(later)], (bought * price / cash, -short * price / cash)
    runs = [trade(bars, weights=[(weight,)], cash=cash, dividends=[0, 0, dividend]) for weight in weights]
    (after, equity), (after_short, same) = (ran.closes[-1] for ran in runs)
    assert equity == pytest.approx(same)
    return f"cash {after:,.2f} or {after_short:,.2f}, equity {equity:,.2f}"


@event("split")
def _split(weight, cash, before, new, old, after, adjusted):
    assert (before * old / new, after) == (adjusted, adjusted)
    lots = [new / old, new / old, 1, 1]
    ran = trade([flat(adjusted)] * 4, weights=[(weight,)] * 3, cash=cash, whole_shares=True, lots=lots)
    return f"{ran.sizes[0]:.2f} shares, {len(fills_of(ran))} fill, equity {ran.closes[-1][1]:,.2f}"


@event("delisting")
def _delisting(cash, price, last, weight):
    weights = [(0.5, 0.5), (), (), (weight, weight)]
    with pytest.warns(UserWarning, match=f"of data1, which ends on 2020-01-06, .* at that close, {last:g},"):
        ran = trade([flat(price)] * 5, [flat(price), flat(price), flat(last)], weights=weights, cash=cash)
    return f"{ran.sizes[1]:.2f} shares, cash {ran.closes[-1][0]:.2f}, equity {ran.closes[-1][1]:.2f}"


class HalfInEnded(RankingStrategy):
    """Half of the equity in the ticker that ends."""

    def target_weights(self):
        return {"ENDS": 0.5}


@event("delisting in a book")
def _delisting_in_a_book(cash, price, last):
    cerebro = bt.Cerebro(stdstats=False)
    for name, bars in {"ENDS": [flat(price), to(price, last)], "GOES ON": [flat(price)] * 20}.items():
        frame = pd.DataFrame(bars, pd.bdate_range("2020-01-02", periods=len(bars)), ["open", "high", "low", "close"])
        cerebro.adddata(ForecastFeed(dataname=frame.assign(volume=1.0, predicted_return=0.01)), name=name)
    cerebro.setbroker(SubAccountBroker(cash=cash))
    cerebro.addstrategy(HalfInEnded)
    [ran] = cerebro.run()
    size, value = ran.getpositionbyname("ENDS").size, ran.broker.getvalue()
    return f"{size:.2f} shares, cash {ran.broker.getcash():.2f}, equity {value:.2f}"


@event("bankruptcy")
def _bankruptcy(cash, size, price, close, later):
    bars, weights = [flat(price), to(price, close), flat(later), flat(price)], [(-size * price / cash,), (), (1.0,)]
    ran = trade(bars, weights=weights, cash=cash)
    assert ran.sizes == [0]
    return f"equity {ran.closes[-1][1]:.2f} at the end"


@event("end of the data")
def _end(cash, size, price, last):
    ran = trade([flat(price), to(price, last)], weights=[(size * price / cash,)], cash=cash)
    return f"equity {ran.closes[-1][1]:,.2f}, {ran.analyzers.ClosedTrades.get_analysis()['trades']} closed trades"


def test_every_event_of_the_table_is_computed():
    assert list(ROWS) == list(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_the_books_are_as_the_table_says(name):
    example, result = ROWS[name]
    assert EVENTS[name](*numbers_in(example)) == result
