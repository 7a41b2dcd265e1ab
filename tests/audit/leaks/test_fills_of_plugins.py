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
