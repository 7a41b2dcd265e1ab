"""The stops of a strategy, the prices at which they rest, and both as text."""

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.live.stop_orders import AFTERWARDS, resting_levels, resting_text, stops_of, stops_text
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import Variant

ONCE_FILLED = "once filled (in the backtest from the session after the fill), close a position that"


class Tight(SizingStrategy):
    """Has its own stop, and an order that is no stop."""

    params = dict(stop_loss=0.01)

    def target_weight(self):
        if len(self) == 1:
            self.broker.accounts["active"].sell(self, self.data, 1, price=10_000.0, exectype=bt.Order.Limit)
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
    assert stops_of(Variant("own", strategy), Settings.of(**settings)) == stops


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


def test_no_stops_no_text():
    assert list(stops_text({"kelly": Stops(), "binary": Stops()})) == []
    assert list(resting_text({})) == []


def test_stops_of_all():
    stops = Stops(stop_loss=0.02, trailing_stop=0.03, take_profit=0.05)
    assert list(stops_text({"kelly": stops, "binary": stops})) == [
        f"Stops: {ONCE_FILLED} loses 2.00% of its entry price (stop-loss) or falls 3.00% of its entry price below its"
        f" best close (trailing stop) or gains 5.00% of its entry price (take-profit). {AFTERWARDS}"
    ]


def test_variants_with_different_stops_are_named():
    stops = {"kelly": Stops(), "tight": Stops(stop_loss=0.01), "tight_hybrid_70_30": Stops(stop_loss=0.01)}
    assert list(stops_text(stops)) == [
        f"Stops of Tight, Tight hybrid 70/30: {ONCE_FILLED} loses 1.00% of its entry price (stop-loss). {AFTERWARDS}"
    ]
    wide = stops | {"kelly": Stops(stop_loss=0.5)}
    assert [line.partition(":")[0] for line in stops_text(wide)] == [
        "Stops of Kelly",
        "Stops of Tight, Tight hybrid 70/30",
    ]


def test_accounts_with_the_same_levels_share_a_line():
    one, other = {"stop_loss": 98.0, "take_profit": 105.0}, {"stop_loss": 97.0}
    assert list(resting_text({"kelly": one, "binary": other, "fixed": dict(one)})) == [
        "Stops of Kelly, Fixed rest now: stop-loss at 98.000, take-profit at 105.00.",
        "Stops of Binary rest now: stop-loss at 97.000.",
    ]
