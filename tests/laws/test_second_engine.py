"""Binary and fixed sizes in backtesting.py, another engine: the same bars, forecasts and fills, equal equity to 1e-11.

Each side is entered once and held until the signal changes: a band of the whole position keeps ours from rebalancing.
What remains between them is what each leaves in cash when it buys with everything: ours 1e-12 of it, so that rounding
never refuses the order; backtesting.py, which trades whole units, less than one unit.

Costs are compared long only, with all of the equity: backtesting.py takes the commission of a short sale, and of a part
of the equity, out of what it sells or buys; ours sizes by the equity alone.
"""

import numpy as np
import pytest
from backtesting import Backtest, Strategy

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies

SETTINGS = Settings.of(capital=1e14, rebalance_band=1.0)
"""So much that a unit of the index is 1e-11 of it."""

METHODS = find_strategies(["binary", "fixed"])
CASES = [
    pytest.param("binary", 1.0, {"allow_short": False}, id="binary long only"),
    pytest.param("binary", 1.0, {"allow_short": False, "commission_bps": 10}, id="binary long only with costs"),
    pytest.param("binary", 1.0, {"allow_short": True}, id="binary"),
    pytest.param("fixed", 0.5, {"allow_short": True}, id="fixed"),
    pytest.param("fixed", 0.5, {"allow_short": False}, id="fixed long only"),
]
"""A strategy, the size of its positions as a share of the equity, and settings."""


def equity_there(signals, share, settings):
    """Trade the signals in backtesting.py, one trade at a time, and return its equity at each close."""
    forecast, threshold = signals["predicted_return"], settings.trading.threshold
    wanted = (forecast > threshold).astype(int) - (forecast < -threshold) * settings.trading.allow_short

    class SidesThere(Strategy):
        def init(self):
            """Nothing to prepare."""

        def next(self):
            side = wanted.iloc[len(self.data) - 1]
            if side == np.sign(self.position.size):
                return
            self.position.close()
            if side:
                all_or_part = {} if share == 1 else {"size": share}
                (self.buy if side > 0 else self.sell)(**all_or_part)

    engine = Backtest(
        signals,
        SidesThere,
        cash=settings.trading.capital,
        commission=settings.trading.commission_bps / 1e4,
        trade_on_close=settings.trading.fill == "close",
        finalize_trades=False,
    )
    return engine.run()["_equity_curve"]["Equity"]


@pytest.fixture
def late(signals):
    """The market without a forecast on its first bar, on which backtesting.py never decides."""
    return signals.assign(predicted_return=signals["predicted_return"].where(signals.index > signals.index[0]))


@pytest.mark.filterwarnings("ignore:Some trades remain open", "ignore:DatetimeIndex.dayofweek is deprecated")
@pytest.mark.parametrize("fill", ["next-open", "close"])
@pytest.mark.parametrize(("name", "share", "own"), CASES)
def test_a_strategy_has_the_same_equity_there(late, fill, name, share, own):
    settings = SETTINGS.replace(fill=fill, **own)
    [here, hold] = run_backtest(late, [Variant(name, METHODS[name]), BENCHMARK], settings)
    np.testing.assert_allclose(here.equity, equity_there(late, share, settings).iloc[1:], rtol=1e-11)
    assert len(here.fills) > 50
    assert abs(here.equity.iloc[-1] / hold.equity.iloc[-1] - 1) > 0.01
