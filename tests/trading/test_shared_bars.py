"""Strategies share the bars of a Cerebro: one that writes into them would move the results of the others."""

import numpy as np
import pytest
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward.backtest import equity_curves, run_backtest
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy, StrategyError
from backtrader_walkforward.trading.variants import Variant

SETTINGS = Settings.of(capital=1_000.0)


def writes(code):
    """A strategy that runs some code on its second day."""

    def target_weight(self):
        if len(self) == 2:
            exec(code, {"self": self, "np": np})
        return 0.5

    return type("Writes", (SizingStrategy,), {"target_weight": target_weight, "__module__": __name__})


@pytest.mark.parametrize(
    "code", ["self.data.open[1] = 5.0", "self.data.predicted_return[0] = 0.3", "self.data.close.set(1)"]
)
def test_a_write_is_refused_where_it_is_made(signals, code):
    variants = [Variant("writes", writes(code)), Variant("binary", Binary)]
    with pytest.raises(StrategyError) as refused:
        run_backtest(signals, variants, SETTINGS)
    assert str(refused.value) == (
        "Writes.target_weight() on 2008-07-02 failed: TypeError: the bars are those of all strategies and cannot be"
        " written"
    )


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("np.frombuffer(self.data.open.array)[:] = 5.0", "open"),
        ("self.data.high.array = self.data.low.array", "high"),
        ("self.data.low.array.append(1.0)", "low"),
        ("self.data.predicted_return.array.reverse()", "predicted_return"),
    ],
)
def test_what_gets_around_it_is_found_after_the_run(signals, code, lines):
    variants = [Variant("writes", writes(code)), Variant("binary", Binary), Variant("binary", Binary, 0.5)]
    for play in (run_backtest, equity_curves):
        with pytest.raises(StrategyError) as refused:
            play(signals, variants, SETTINGS)
        assert str(refused.value) == (
            f"the bars that all strategies share were changed ({lines}) by one of: Writes, strategies/binary.py: Binary"
        )


def test_bars_that_come_one_by_one_are_compared_too(signals):
    with pytest.raises(StrategyError, match=r"^the bars that all strategies share were changed \(predicted_return\)"):
        run_backtest(
            signals, [Variant("writes", writes("self.data.predicted_return[0] = 0.3"))], SETTINGS, bar_by_bar=True
        )


def test_the_frame_of_the_run_is_not_the_one_that_a_strategy_reaches(signals):
    before = signals.copy()
    run_backtest(signals, [Variant("writes", writes("self.data.p.dataname.iloc[50, 0] = 5.0"))], SETTINGS)
    assert signals.equals(before)
