"""Strategies that fill better than the market: neither a run nor an audit has a result of them."""

import pytest

from backtrader_walkforward.audit.command import make_audit_report
from backtrader_walkforward.trading import StrategyError

SOURCE = """
from backtrader_walkforward import SizingStrategy


class Cheap(SizingStrategy):
    '''Trades each day, on terms of its own that it puts back at the end.'''

    def start(self):
        self.account = self.broker.accounts["active"]

    def target_weight(self):
        {change}
        return 0.9 if len(self) % 2 else -0.9

    def stop(self):
        {back}
"""

CHANGED = "the broker's terms ({}) were changed in the run, which sets them for all strategies"
MARKET = "where a market order fills at"

TERMS = {
    "a negative slippage": ("p.slip_perc = -0.02", "p.slip_perc = 0.0", CHANGED.format("slip_perc")),
    "the close that is known": ("p.coc = True", "p.coc = False", CHANGED.format("coc")),
    "interest on cash": ("p.cash_rate = 5.0", "p.cash_rate = 0.0", CHANGED.format("cash_rate")),
    "no commission": (
        "comminfo = {None: type(self.account.comminfo[None])(commission=0.0)}",
        "comminfo = self.env.broker.comminfo",
        CHANGED.format("commission"),
    ),
    "the low and the high": (
        "slipped = lambda price, side, bound, **_: self.data.low[0] if side > 0 else self.data.high[0]",
        "x = 0",
        MARKET,
    ),
}


@pytest.mark.parametrize("how", TERMS)
def test_fills_on_terms_of_its_own_end_the_audit(settings_of, plant, how):
    change, back, fault = TERMS[how]
    plant("strategies", "cheap", SOURCE.format(change=f"self.account.{change}", back=f"self.account.{back}"))
    with pytest.raises(StrategyError, match=r"^strategies/cheap.py: Cheap: ") as raised:
        make_audit_report(settings_of(strategies=("cheap",), commission_bps=5.0))
    assert fault in str(raised.value)


HASTY = """
import backtrader as bt

from backtrader_walkforward import SizingStrategy


class Hasty(SizingStrategy):
    '''Puts off the order for an open, where the close of that bar is worse than it.'''

    def __init__(self):
        {begin}

    def {called}(self, *_, **__):
        account = self.broker.accounts["active"]
        if self.has_begun and self.weight * (self.data.close[0] - self.data.open[0]) < 0:
            {act}

    def target_weight(self):
        return -1.0 if self.broker.accounts["active"].getposition(self.data).size > 0 else 1.0
"""

AGAIN = "account.order_target_weight(self.data, self.weight)"
AT_THE_BEST = "account.sell(self, self.data, size=1, exectype=bt.Order.Limit, price=self.data.high[0])"
TIMER = "when=bt.timer.SESSION_START, cheat=True"
NO_TIMER = "Hasty.__init__() failed: a strategy of target weights decides at the close of each bar, found"
TOO_LATE = "Hasty: an order was sent between the coming of a bar and its trade"

HASTE = {
    "its own timer": (f"self.add_timer({TIMER})", "notify_timer", AGAIN, NO_TIMER),
    "a timer of the Cerebro": (f"self.env.add_timer({TIMER}, strats=True)", "notify_timer", AGAIN, TOO_LATE),
    "a limit at the high": (f"self.env.add_timer({TIMER}, strats=True)", "notify_timer", AT_THE_BEST, TOO_LATE),
    "a look at the open": ("self.env.p.cheat_on_open = True", "next_open", AGAIN, TOO_LATE),
}


@pytest.mark.parametrize("how", HASTE)
def test_an_order_that_knows_the_bar_at_whose_open_it_fills_ends_the_audit(settings_of, plant, how):
    begin, called, act, fault = HASTE[how]
    plant("strategies", "hasty", HASTY.format(begin=begin, called=called, act=act))
    with pytest.raises(StrategyError) as raised:
        make_audit_report(settings_of(strategies=("hasty",), hybrids="none"))
    assert f"strategies/hasty.py: {fault}" in str(raised.value)
