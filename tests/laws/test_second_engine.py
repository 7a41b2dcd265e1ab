"""Binary long-only in backtesting.py: another engine, the same bars, forecasts and fills, the same equity to 1e-11.

What remains between them is what each leaves in cash when it buys with everything: ours 1e-12 of it, so that rounding
never refuses the order; backtesting.py, which trades whole units, less than one unit.
"""

import numpy as np
import pytest
from backtesting import Backtest, Strategy

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies

SETTINGS = Settings.of(capital=1e14, allow_short=False)
"""So much that a unit of the index is 1e-11 of it."""

BINARY = Variant("binary", find_strategies(["binary"])["binary"])


def equity_there(signals, fill):
    """Trade the signals in backtesting.py, one trade at a time, and return its equity at each close."""
    wanted = (signals["predicted_return"] > SETTINGS.trading.threshold).to_numpy()

    class BinaryThere(Strategy):
        def init(self):
            """Nothing to prepare."""

        def next(self):
            if wanted[len(self.data) - 1] and not self.position:
                self.buy()
            elif not wanted[len(self.data) - 1] and self.position:
                self.position.close()

    engine = Backtest(
        signals, BinaryThere, cash=SETTINGS.trading.capital, trade_on_close=fill == "close", finalize_trades=False
    )
    return engine.run()["_equity_curve"]["Equity"]


@pytest.fixture
def late(signals):
    """The market without a forecast on its first bar, on which backtesting.py never decides."""
    return signals.assign(predicted_return=signals["predicted_return"].where(signals.index > signals.index[0]))


@pytest.mark.filterwarnings("ignore:Some trades remain open", "ignore:DatetimeIndex.dayofweek is deprecated")
@pytest.mark.parametrize("fill", ["next-open", "close"])
def test_binary_long_only_has_the_same_equity_there(late, fill):
    [here, hold] = run_backtest(late, [BINARY, BENCHMARK], SETTINGS.replace(fill=fill))
    np.testing.assert_allclose(here.equity, equity_there(late, fill).iloc[1:], rtol=1e-11)
    assert len(here.fills) > 50
    assert abs(here.equity.iloc[-1] / hold.equity.iloc[-1] - 1) > 0.01
