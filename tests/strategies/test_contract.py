"""What every strategy in `strategies/` must do, a user's own included."""

import math

import numpy as np
import pytest
from backtrader_walkforward.analyzers.exposure import Exposure
from backtrader_walkforward.analyzers.orders import Orders

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from backtrader_walkforward.trading.variants import find_strategies

STRATEGIES = find_strategies()
METHODS = find_strategies(["binary", "fixed", "kelly", "proportional", "volatility_adjusted"])
"""Those that trade the forecast and nothing else, as the order has them."""


@pytest.fixture(params=STRATEGIES.values(), ids=STRATEGIES)
def strategy(request):
    return request.param


@pytest.fixture(params=METHODS.values(), ids=METHODS)
def method(request):
    return request.param


def trade(run, bars, strategy, **params):
    """Run one strategy and return it with its equity."""
    analyzers = [EquityCurve, Fills, Orders]
    [ran] = run(bars, (strategy, params), broker=SubAccountBroker(cash=1_000.0), analyzers=analyzers)
    return ran, ran.analyzers.EquityCurve.get_analysis()["equity"]


def with_forecast(bars, predicted_return):
    return bars.assign(predicted_return=predicted_return, predicted_close=bars["Close"] * (1 + predicted_return))


def test_no_order_is_refused(signals, run, strategy):
    ran, equity = trade(run, signals, strategy)
    assert ran.analyzers.Orders.get_analysis()["rejected_orders"] == 0
    assert equity.iloc[0] == 1_000
    assert np.isfinite(equity).all()


def test_without_a_forecast_it_stays_in_cash(signals, run, strategy):
    _, equity = trade(run, with_forecast(signals, np.nan), strategy)
    assert (equity == 1_000).all()


def test_it_trades(signals, run, method):
    ran, _ = trade(run, signals, method)
    assert len(ran.analyzers.Fills.get_analysis()) > 10


def test_a_forecast_of_no_change_is_cash(signals, run, method):
    _, equity = trade(run, with_forecast(signals, 0.0), method)
    assert (equity == 1_000).all()


def test_without_shorting_it_is_never_short(signals, run, strategy):
    ran, _ = trade(run, signals, strategy, allow_short=False)
    assert ran.analyzers.Fills.get_analysis()["size"].cumsum().min() > -1e-9


def test_rules_are_mirrored_for_falling_prices(signals, run, method):
    rising, _ = trade(run, with_forecast(signals, 0.01), method)
    falling, _ = trade(run, with_forecast(signals, -0.01), method)
    assert rising.weight == -falling.weight != 0


def test_the_past_does_not_change_with_the_future(signals, run, strategy):
    poisoned = signals.copy()
    poisoned.iloc[61:] *= 3.0
    _, equity = trade(run, signals, strategy)
    _, other = trade(run, poisoned, strategy)
    np.testing.assert_array_equal(equity.iloc[:61], other.iloc[:61])


def test_capital_scales_equity(signals, run, strategy):
    _, equity = trade(run, signals, strategy)
    [ran] = run(signals, (strategy, {}), broker=SubAccountBroker(cash=4_000.0), analyzers=[EquityCurve])
    np.testing.assert_allclose(ran.analyzers.EquityCurve.get_analysis()["equity"], 4 * equity, rtol=1e-9)


def test_weights_stay_between_minus_1_and_1(signals, run, strategy):
    ran, _ = trade(run, with_forecast(signals, 50.0), strategy)
    assert -1 <= ran.weight <= 1
    assert not math.isnan(ran.weight)


@pytest.fixture
def filtered_weights(signals, run):
    """The target weights of a strategy: alone, and out of the first half of the days and halved in the second."""

    def filtered_weights(strategy):
        turbulent = signals.assign(markov_regime=np.repeat([1.0, 0.0], len(signals) // 2))
        rules = [{}, {"turbulent": "out", "calm": "half"}]
        ran = run(turbulent, *((strategy, {"regime_filter": each}) for each in rules), analyzers=[Exposure])
        return [each.analyzers.Exposure.get_analysis()["weights"].to_numpy() for each in ran]

    return filtered_weights


def test_a_regime_filter_keeps_it_out_or_halves_it(filtered_weights, strategy):
    _, filtered = filtered_weights(strategy)
    assert (filtered[:60] == 0).all()
    assert (abs(filtered[60:]) <= 0.5).all()


def test_filtered_it_wants_what_it_wants_alone_times_the_factor(filtered_weights, method):
    alone, filtered = filtered_weights(method)
    np.testing.assert_array_equal(filtered, np.repeat([0.0, 0.5], 60) * alone)
    assert (filtered[60:] != 0).any()
