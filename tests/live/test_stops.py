"""The stops of a strategy, and the prices at which they rest."""

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.live.stops import resting_levels, stops_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import Variant


class Tight(SizingStrategy):
    """Has its own stop, and an order that is no stop."""

    params = dict(stop_loss=0.01)

    def target_weight(self):
        if len(self) == 1:
            self.sell(size=1, price=10_000.0, exectype=bt.Order.Limit)
        return 1.0


@pytest.mark.parametrize(
    ("strategy", "settings", "stops"),
    [
        (Binary, {}, Stops()),
        (Binary, {"stop_loss": 0.02}, Stops(stop_loss=0.02)),
        (Tight, {}, Stops(stop_loss=0.01)),
        (Tight, {"stop_loss": 0.02, "take_profit": 0.05}, Stops(stop_loss=0.01, take_profit=0.05)),
    ],
)
def test_a_class_default_overrides_the_settings(strategy, settings, stops):
    assert stops_of(strategy, Settings.of(**settings)) == stops


@pytest.mark.parametrize(
    ("settings", "levels"),
    [
        ({}, {"tight": {"stop_loss": 99.0}}),
        (
            {"trailing_stop": 0.03},
            {"tight": {"stop_loss": 99.0, "trailing_stop": 101.0}, "binary": {"trailing_stop": 101.0}},
        ),
        (
            {"stop_loss": 0.02, "take_profit": 0.05},
            {"tight": {"stop_loss": 99.0, "take_profit": 105.0}, "binary": {"stop_loss": 98.0, "take_profit": 105.0}},
        ),
    ],
    ids=str,
)
def test_stops_of_positions_bought_at_100(settings, levels):
    """Each account buys at the open of the second day; the best close since then is 104."""
    signals = pd.DataFrame(
        {"Open": 100.0, "High": 104.0, "Low": 100.0, "Close": [100.0, 100.0, 104.0], "Volume": 1.0},
        pd.date_range("2024-01-01", periods=3),
    ).assign(volatility=0.01, median_volatility=0.01, predicted_return=0.01, predicted_close=100.0, forecast_spread=0.0)
    variants = [Variant("tight", Tight), Variant("binary", Binary)]
    rests = resting_levels(signals, variants, Settings.of(**settings))
    assert rests == {name: pytest.approx(own) for name, own in levels.items()}
