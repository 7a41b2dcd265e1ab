"""What every ranking strategy in `strategies/` must do, a user's own included."""

import backtrader as bt
import numpy as np
import pytest
from backtrader_walkforward.analyzers.exposure import Exposure
from backtrader_walkforward.analyzers.orders import Orders

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from backtrader_walkforward.trading.variants import find_ranking_strategies, find_strategies
from tests.panel.markets import drawn_panel

STRATEGIES = find_ranking_strategies()
PANEL = drawn_panel(tickers=7, days=40)


@pytest.fixture(params=STRATEGIES.values(), ids=STRATEGIES)
def strategy(request):
    return request.param


def trade(strategy, panel=PANEL, cash=1_000.0, way=None, **params):
    """Run one strategy in a Cerebro and return it with its equity."""
    cerebro = bt.Cerebro(stdstats=False, **(way or {}))
    for ticker, bars in panel.items():
        cerebro.adddata(ForecastFeed(dataname=bars.copy()), name=ticker)
    cerebro.setbroker(SubAccountBroker(cash=cash))
    cerebro.addstrategy(strategy, **params)
    for analyzer in (EquityCurve, Fills, Orders, Exposure):
        cerebro.addanalyzer(analyzer, _name=analyzer.__name__)
    [ran] = cerebro.run()
    return ran, ran.analyzers.EquityCurve.get_analysis()["equity"]


def with_forecasts(forecasts):
    return {
        ticker: bars.assign(predicted_return=forecast)
        for (ticker, bars), forecast in zip(PANEL.items(), forecasts, strict=True)
    }


def test_the_two_kinds_are_found_apart():
    assert {"equal_weight", "long_short", "top"} <= set(STRATEGIES)
    assert not set(STRATEGIES) & set(find_strategies())


def test_no_order_is_refused(strategy):
    ran, equity = trade(strategy)
    assert ran.analyzers.Orders.get_analysis()["rejected_orders"] == 0
    assert equity.iloc[0] == 1_000
    assert np.isfinite(equity).all()


def test_without_a_forecast_it_stays_in_cash(strategy):
    _, equity = trade(strategy, {ticker: bars.iloc[:6] for ticker, bars in PANEL.items()})
    assert (equity == 1_000).all()


def test_weights_sum_to_1_at_most(strategy):
    weights = trade(strategy)[0].analyzers.Exposure.get_analysis()["weights"]
    assert (weights.abs().sum(axis=1) <= 1 + 1e-9).all()


def test_without_shorting_it_is_never_short(strategy):
    fills = trade(strategy, allow_short=False)[0].analyzers.Fills.get_analysis()
    assert fills.groupby("ticker")["size"].cumsum().min() > -1e-9


def test_the_order_of_feeds_changes_nothing(strategy):
    _, equity = trade(strategy)
    _, other = trade(strategy, dict(reversed(PANEL.items())))
    np.testing.assert_array_equal(equity, other)


def test_the_past_does_not_change_with_the_future(strategy):
    poisoned = {ticker: bars.copy() for ticker, bars in PANEL.items()}
    for bars in poisoned.values():
        bars.iloc[21:] *= 3.0
    _, equity = trade(strategy)
    _, other = trade(strategy, poisoned)
    np.testing.assert_array_equal(equity.iloc[:21], other.iloc[:21])


def test_bar_by_bar_is_the_same(strategy):
    _, equity = trade(strategy)
    _, other = trade(strategy, way={"preload": False, "runonce": False})
    np.testing.assert_array_equal(equity, other)


def test_capital_scales_equity(strategy):
    np.testing.assert_allclose(trade(strategy, cash=4_000.0)[1], 4 * trade(strategy)[1], rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("equal_weight", [1 / 7] * 7),
        ("top", [0, 0, 0, 0, 0, 0, 1]),
        ("long_short", [-0.5, 0, 0, 0, 0, 0, 0.5]),
    ],
)
def test_weights_of_the_shipped_ones(name, weights):
    ran, _ = trade(STRATEGIES[name], with_forecasts(np.arange(7) / 100))
    assert list(ran.weights.values()) == [weight for weight in weights if weight]
    assert ran.analyzers.Exposure.get_analysis()["weights"].iloc[-1].tolist() == weights


def test_a_fifth_of_14_tickers_are_two():
    panel = {f"{ticker}{half}": bars for ticker, bars in PANEL.items() for half in "ab"}
    ran, _ = trade(STRATEGIES["long_short"], panel)
    assert sorted(ran.weights.values()) == [-0.25, -0.25, 0.25, 0.25]
