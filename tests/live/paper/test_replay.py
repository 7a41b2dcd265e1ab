"""Whatever the sessions are, the content of the ledger equals one backtest of its days, to the bit."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.data.sample import SAMPLES, load_sample
from backtrader_walkforward.features import compute_features
from backtrader_walkforward.forecasting import WalkForward, ensemble_members, forecast
from backtrader_walkforward.live.paper.trading import ACTIVE
from backtrader_walkforward.signals import build_signals
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of
from tests.live.sessions import SESSIONS, equity_of, hold

pytestmark = pytest.mark.slow

A_YEAR = [*range(12), *range(12, 240, 23), *range(241, 253)]
"""Days with a session: each one of two weeks and more at both ends, every twenty-third between them."""

A_MONTH = [*range(5), 8, 9, 10, 17, 24]
"""Days with a session: the first ones, each of those around the second fit, and one a week."""


@pytest.fixture(autouse=True)
def quick_sessions(monkeypatch):
    """Every session loads the same sample."""
    monkeypatch.setitem(SAMPLES, "^GSPC", replace(SAMPLES["^GSPC"], load=cache(SAMPLES["^GSPC"].load)))


@pytest.fixture
def settings(settings):
    """Every session trades all earlier days again, so there are only three variants: pure, hybrid, buy & hold."""
    return settings.replace(hybrids="30")


def backtest_of(settings, first_day, paper_day, last_day):
    """Run a backtest of the same days, without any function of the ledger."""
    prices = load_sample("SPY").frame.loc[first_day:last_day]
    features = compute_features(prices, settings.forecast.timeframes)
    usable = features.dropna().index
    walk_forward = WalkForward(
        first_test=usable.get_loc(paper_day),
        lookback=settings.forecast.lookback,
        retrain_every=settings.forecast.retrain_every,
    )
    made = forecast(prices, features, ensemble_members(settings), walk_forward)
    variants = variants_of(find_strategies(settings.trading.strategies), settings.trading)
    signals = build_signals(prices, features, made.table, settings, variants)
    return signals, run_backtest(signals, [*variants, BENCHMARK], settings)


def assert_is_the_backtest(tables, signals, results):
    """Compare signals, equity, weights and fills of every account to the bit."""
    pd.testing.assert_frame_equal(tables.signals, signals, check_exact=True, check_freq=False)
    assert set(equity_of(tables)) == {result.name for result in results}
    for result in results:
        own = tables.positions[tables.positions["variant"] == result.name]
        own = own.pivot_table(["equity", "weight"], "day", "account")
        pd.testing.assert_frame_equal(
            own["equity"][list(result.accounts)], result.accounts, check_exact=True, check_freq=False, check_names=False
        )
        total = own["equity"].to_numpy() @ np.ones(own["equity"].shape[1])
        np.testing.assert_array_equal(total, result.equity)
        fills = tables.fills[tables.fills["variant"] == result.name].sort_values("number")
        for column in ("account", "size", "price", "commission"):
            np.testing.assert_array_equal(fills[column], result.fills[column])
        np.testing.assert_array_equal(fills["day"], result.fills["date"])
        if ACTIVE in result.accounts:
            np.testing.assert_array_equal(own["weight"][ACTIVE], result.weights)


def fills_from(tables, variant, fill):
    """Return the expected fills of the active account: the orders at the close, or sized again at the next open."""
    own = tables.positions.query("variant == @variant and account == @ACTIVE").set_index("day")
    bars = tables.signals.loc[own.index]
    if fill == "close":
        return tables.orders.query("variant == @variant and account == @ACTIVE").set_index("day")["shares"].iloc[:-1]
    opens = bars["Open"].shift(-1)
    at_open = own["equity"] + own["shares"] * (opens - bars["Close"])
    sizes = (own["weight"] * at_open / opens - own["shares"]).shift(1)
    return sizes[sizes.abs() > 1e-6]


@pytest.mark.timeout(600)
def test_a_year_of_sessions_is_the_backtest(settings, ledger):
    """A fit for every 10 days, a session for every one or every 23: one begins at each place between two fits."""
    costly = settings.replace(commission_bps=2.0, slippage_bps=3.0, retrain_every=10, rebalance_band=0)
    hold(costly, ledger, *(SESSIONS[day] for day in A_YEAR))
    record = ledger.read()
    assert len(record.sessions) == len(A_YEAR)
    assert record.last_day == pd.Timestamp(SESSIONS[252])
    signals, results = backtest_of(costly, record.first_day, record.paper_day, record.last_day)
    assert [result.name for result in results] == ["binary", "binary_hybrid_70_30", "buy_and_hold"]
    assert_is_the_backtest(record.tables, signals, results)
    assert len(record.tables.fills) > 125


OTHERS = [
    {"rebalance_band": 0},
    {"rebalance_band": 0, "fill": "close"},
    {"rebalance_band": 0.1, "whole_shares": True, "allow_short": False},
    {
        "rebalance_band": 0.1,
        "regimes": ("trend", "volatility", "markov"),
        "regime_filter": (("high_volatility", "out"), ("calm", "half")),
    },
    {
        "rebalance_band": 0.1,
        "stop_loss": 0.01,
        "take_profit": 0.02,
        "borrow_rate": 0.05,
        "cash_rate": 0.02,
        "commission_min": 1.0,
    },
]


@pytest.mark.parametrize("changed", OTHERS, ids=str)
def test_a_month_of_other_settings_are_the_backtest(settings, ledger, changed):
    other = settings.replace(**changed)
    hold(other, ledger, *(SESSIONS[day] for day in A_MONTH))
    record = ledger.read()
    signals, results = backtest_of(other, record.first_day, record.paper_day, record.last_day)
    assert_is_the_backtest(record.tables, signals, results)
    if not other.trading.rebalance_band:
        fills = record.tables.fills.query("variant == 'binary'").set_index("day")["size"]
        expected = fills_from(record.tables, "binary", other.trading.fill)
        pd.testing.assert_series_equal(expected, fills, rtol=1e-6, check_names=False, check_freq=False)
