"""What stops did in a backtest: counted, and held against the same run without."""

import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.orders import Orders
from backtrader_walkforward.strategies.kelly import Kelly

from backtrader_walkforward.backtest import run_backtest, run_without_stops
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.null_models import as_decided
from backtrader_walkforward.settings.settings import STOPS, Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of

OFF = Settings.of(capital=10_000.0)
ON = OFF.replace(stop_loss=0.02, take_profit=0.03)
FAR = OFF.replace(stop_loss=0.9, trailing_stop=0.9, take_profit=9.0)
VARIANTS = [*variants_of(find_strategies()), BENCHMARK]


class Cautious(SizingStrategy):
    """Brings a stop of its own."""

    params = dict(stop_loss=0.01)

    def target_weight(self):
        return self.signal


@pytest.fixture(scope="module")
def results(signals):
    return {
        name: run_backtest(signals, VARIANTS, settings) for name, settings in {"off": OFF, "on": ON, "far": FAR}.items()
    }


def test_far_stops_change_no_result_to_the_bit(results):
    for off, far in zip(results["off"], results["far"], strict=True):
        for name in ("equity", "weights", "exposure"):
            pd.testing.assert_series_equal(getattr(far, name), getattr(off, name), check_exact=True)
        for name in ("accounts", "fills", "trades"):
            pd.testing.assert_frame_equal(getattr(far, name), getattr(off, name), check_exact=True)
        assert far.metrics == off.metrics


def test_positions_are_counted_by_the_kinds_that_are_on(results):
    for off, on, far in zip(*(results[name] for name in ("off", "on", "far")), strict=True):
        assert off.stopped == {}
        if on.name == BENCHMARK.name:
            assert on.stopped == far.stopped == {}
        else:
            assert list(on.stopped) == ["stop_loss", "take_profit"]
            assert sum(on.stopped.values()) > 5
            assert far.stopped == {"stop_loss": 0, "trailing_stop": 0, "take_profit": 0}


def test_the_benchmark_is_what_it_was(results):
    np.testing.assert_array_equal(results["on"][-1].equity, results["off"][-1].equity)


def test_the_result_without_stops_is_that_of_a_run_without(results, signals):
    without = run_without_stops(signals, VARIANTS, results["on"], ON)
    assert list(without) == [variant.name for variant in VARIANTS[:-1]]
    for off, on in zip(results["off"][:-1], results["on"][:-1], strict=True):
        assert without[on.name].stopped == {}
        assert without[on.name].metrics == off.metrics
        assert on.metrics.total_return != off.metrics.total_return


def test_without_stops_nothing_runs_again(results, signals):
    assert run_without_stops(signals, VARIANTS, results["off"], OFF) == {}


def test_a_stop_of_the_class_itself_wins_and_is_compared_too(signals):
    variants = [Variant("cautious", Cautious), Variant("kelly", Kelly)]
    alone, kelly = run_backtest(signals, variants, OFF)
    assert list(alone.stopped) == ["stop_loss"]
    assert kelly.stopped == {}
    [beside, _] = run_backtest(signals, variants, ON)
    [same, _] = run_backtest(signals, variants, ON.replace(stop_loss=None))
    pd.testing.assert_frame_equal(beside.fills, same.fills, check_exact=True)
    [without, _] = run_backtest(signals, variants, OFF, without_stops=True)
    assert without.stopped == {}
    others = run_without_stops(signals, variants, [alone, kelly], OFF)
    assert list(others) == ["cautious"]
    assert others["cautious"].metrics.total_return == without.metrics.total_return != alone.metrics.total_return


def test_bar_by_bar_is_the_same_to_the_bit(signals, results):
    for fast, slow in zip(results["on"], run_backtest(signals, VARIANTS, ON, bar_by_bar=True), strict=True):
        pd.testing.assert_frame_equal(slow.fills, fast.fills, check_exact=True)
        pd.testing.assert_series_equal(slow.equity, fast.equity, check_exact=True)


@pytest.mark.parametrize("settings", [ON, ON.replace(fill="close")], ids=["next open", "close"])
def test_equity_follows_from_orders_and_closes_alone(signals, settings):
    for result in run_backtest(signals, VARIANTS, settings):
        fills = result.fills.assign(paid=result.fills["size"] * result.fills["price"])
        daily = fills.groupby("date")[["size", "paid"]].sum().reindex(signals.index, fill_value=0.0).cumsum()
        np.testing.assert_allclose(result.equity, 10_000 - daily["paid"] + daily["size"] * signals["Close"], rtol=1e-9)


def test_weights_that_stops_had_their_say_on_are_traded_without():
    assert as_decided(ON.replace(trailing_stop=0.1)) == OFF


def test_a_strategy_without_accounts_has_none(signals, run):
    import backtrader as bt

    [ran] = run(signals, (bt.Strategy, {}), analyzers=[Orders])
    assert ran.analyzers.Orders.get_analysis() == {"rejected_orders": 0, "stopped": {}}


@pytest.mark.parametrize("name", STOPS)
def test_a_setting_out_of_range_is_refused(name):
    assert getattr(OFF.replace(**{name: 0.5}).trading, name) == 0.5
    with pytest.raises(ArgumentError, match=f"^{name} must lie between 0.0001 and "):
        OFF.replace(**{name: 0.0})
    with pytest.raises(ArgumentError, match=f"^{name} must lie between 0.0001 and "):
        OFF.replace(**{name: 101.0})
