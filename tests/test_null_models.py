import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from backtrader_walkforward.backtest import equity_curves, run_backtest
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.evaluation.null_percentiles import hybrid_curves, percentile_among, sharpes_of
from backtrader_walkforward.null_models import (
    as_decided,
    constants,
    curves_of,
    fixed_variant,
    fixed_weight_curves,
    run_null_models,
    shifted_curves,
    shuffled_curves,
)
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of

SETTINGS = Settings.of(null_models=6)
VARIANTS = variants_of(find_strategies(["fixed", "volatility_adjusted"]))


@pytest.fixture(scope="module")
def comparison(signals):
    *results, benchmark = run_backtest(signals, [*VARIANTS, BENCHMARK], SETTINGS)
    return Comparison.of(results, benchmark)


@pytest.fixture(scope="module")
def null_models(signals, comparison):
    """Those of the variants, made in this process."""
    return run_null_models(signals, VARIANTS, comparison, SETTINGS)


def oracle(signals):
    """What an order at the next open will earn until the one after."""
    known = (signals["Open"].shift(-2) / signals["Open"].shift(-1) - 1).fillna(0.001)
    return signals.assign(predicted_return=known, predicted_close=signals["Close"] * (1 + known))


def test_a_share_of_the_nulls_is_below_and_a_tie_counts_half():
    assert percentile_among(0.3, [0.1, 0.2, 0.4, 0.5]) == 0.5
    assert percentile_among(None, [0.1, None, -0.2, -0.3]) == pytest.approx(0.5 + 0.25 / 2)


def test_a_variant_that_never_trades_is_in_the_middle_of_its_nulls(signals):
    silent = signals.assign(predicted_return=1e-6)
    *results, benchmark = run_backtest(silent, [*VARIANTS[:4], BENCHMARK], SETTINGS)
    null_models = run_null_models(silent, VARIANTS[:4], Comparison.of(results, benchmark), SETTINGS)
    assert {(place.shuffled, place.shifted_positions) for place in null_models.percentiles.values()} == {(0.5, 0.5)}


def test_who_knows_tomorrow_is_above_all_nulls(signals):
    signals = oracle(signals)
    *results, benchmark = run_backtest(signals, [*VARIANTS, BENCHMARK], SETTINGS)
    null_models = run_null_models(signals, VARIANTS, Comparison.of(results, benchmark), SETTINGS)
    assert {(place.shuffled, place.shifted_positions) for place in null_models.percentiles.values()} == {(1.0, 1.0)}


class WithItsSpread(SizingStrategy):
    """Holds all where the spread is twice the forecast it belongs to."""

    def target_weight(self):
        return 1.0 if self.forecast_spread == 2 * abs(self.predicted_return) else 0.0


def test_a_shuffled_forecast_keeps_its_spread(signals):
    spread = signals.assign(forecast_spread=2 * signals["predicted_return"].abs())
    [drawn] = shuffled_curves(spread, [Variant("with_its_spread", WithItsSpread)], SETTINGS, 0)
    [held] = run_backtest(signals, [fixed_variant("always", [1.0] * len(signals))], SETTINGS)
    np.testing.assert_array_equal(drawn, held.equity)


def test_always_long_is_buy_and_hold_and_always_short_its_mirror_at_first(comparison, null_models):
    assert null_models.always_long.total_return == pytest.approx(comparison.benchmark.metrics.total_return, abs=1e-9)
    assert null_models.always_short.sharpe == pytest.approx(-null_models.always_long.sharpe, abs=0.3)
    assert list(null_models.percentiles) == [variant.name for variant in VARIANTS]


def test_a_hybrids_nulls_are_those_of_its_accounts(signals):
    hybrid = Variant("fixed", find_strategies()["fixed"], 0.3)
    pure = replace(hybrid, active_share=1.0)
    (*(_, in_accounts, benchmark),) = run_backtest(signals, [pure, hybrid, BENCHMARK], SETTINGS)
    drawn = np.array([shuffled_curves(signals, [pure], SETTINGS, draw)[0] for draw in range(3)])
    expected = np.array([shuffled_curves(signals, [hybrid], SETTINGS, draw)[0] for draw in range(3)])
    curves = hybrid_curves(drawn, benchmark.equity, 0.3)
    np.testing.assert_allclose(curves, expected, rtol=1e-9)
    days = benchmark.equity.index
    assert sharpes_of(curves, days, 252) == pytest.approx(sharpes_of(expected, days, 252), abs=1e-9)
    assert in_accounts.metrics.sharpe is not None


def test_a_regime_filter_is_for_the_shuffled_and_had_its_say_in_the_moved(signals, comparison):
    """Where all days are turbulent the filtered are in cash: their nulls too, and no constant is."""
    turbulent, settings = signals.assign(markov_regime=1.0), SETTINGS.replace(regime_filter=(("turbulent", "out"),))
    [drawn] = shuffled_curves(turbulent, VARIANTS[:1], settings, 0)
    assert (drawn == settings.trading.capital).all()
    [moved, *_] = shifted_curves(turbulent, settings, np.ones(len(signals)))
    np.testing.assert_array_equal(moved, comparison.benchmark.equity)
    long, _ = constants(turbulent, len(signals), 252, settings)
    assert long.total_return == pytest.approx(comparison.benchmark.metrics.total_return, abs=1e-9)


def test_moved_weights_turn_over_as_much(signals):
    weights = np.sign(np.random.default_rng(0).normal(size=len(signals)))
    moved = [fixed_variant("as_they_are", weights), fixed_variant("moved", np.roll(weights, 40))]
    here, there = run_backtest(signals, moved, SETTINGS)
    assert there.metrics.turnover == pytest.approx(here.metrics.turnover, rel=0.1)
    np.testing.assert_array_equal(there.weights, np.roll(here.weights, 40))


def test_nulls_are_the_same_in_other_processes_and_from_the_cache(signals, comparison, null_models, tmp_path):
    cache = Cache("null_models", tmp_path)
    with process_pool(2) as pool:
        assert run_null_models(signals, VARIANTS, comparison, SETTINGS, pool, cache) == null_models
    assert run_null_models(signals, VARIANTS, comparison, SETTINGS, cache=cache) == null_models
    assert count(cache) == 2


def test_any_executor_gives_the_same_null_models(signals, comparison, null_models):
    with ThreadPoolExecutor(2) as executor:
        assert run_null_models(signals, VARIANTS, comparison, SETTINGS, executor) == null_models


def test_only_what_is_missing_or_damaged_is_traded(signals, comparison, tmp_path):
    cache = Cache("null_models", tmp_path)
    weights = {result.name: result.weights.to_numpy() for result in comparison.ranked}
    pure = {variant: weights[variant.name] for variant in VARIANTS if variant.active_share == 1}
    first = curves_of(signals, dict(list(pure.items())[:1]), SETTINGS, None, cache)
    both = curves_of(signals, pure, SETTINGS, None, cache)
    np.testing.assert_array_equal(both["fixed"], first["fixed"])
    change(cache, "UPDATE entries SET payload = zeroblob(length(payload))")
    again = curves_of(signals, pure, SETTINGS, None, cache)
    for name, curves in both.items():
        np.testing.assert_array_equal(again[name], curves)


def test_other_settings_and_other_forecasts_have_nulls_of_their_own(signals, comparison, tmp_path):
    cache = Cache("null_models", tmp_path)
    run_null_models(signals, VARIANTS[:4], comparison, SETTINGS, cache=cache)
    run_null_models(signals, VARIANTS[:4], comparison, SETTINGS.replace(fill="close"), cache=cache)
    run_null_models(oracle(signals), VARIANTS[:4], comparison, SETTINGS, cache=cache)
    assert count(cache) == 3


def count(cache):
    with closing(sqlite3.connect(cache.path)) as connection:
        return connection.execute("SELECT count(*) FROM entries").fetchone()[0]


def change(cache, statement):
    with closing(sqlite3.connect(cache.path)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"fill": "close"},
        {"cash_rate": 0.05, "borrow_rate": 0.03, "commission_bps": 5.0, "slippage_bps": 3.0},
        {"fill": "close", "cash_rate": 0.05, "whole_shares": True},
    ],
)
def test_the_bars_before_the_first_forecast_change_nothing_for_set_weights(signals, settings, monkeypatch):
    """To the bit, though they are left out."""
    traded = []
    monkeypatch.setattr(
        "backtrader_walkforward.null_models.equity_curves",
        lambda bars, *rest: traded.append(bars) or equity_curves(bars, *rest),
    )
    signals, settings = signals.copy(), SETTINGS.replace(**settings)
    signals.loc[signals.index[:30], "predicted_return"] = np.nan
    days = len(signals) - 30
    weights = [[1.0] * days, [-1.0] * days, np.linspace(-1, 1, days)]
    variants = [fixed_variant(f"set_{number}", one) for number, one in enumerate(weights)]
    for short, long in zip(
        fixed_weight_curves(signals, variants, settings),
        equity_curves(signals, variants, as_decided(settings)),
        strict=True,
    ):
        assert len(short) == days
        assert short.equals(long)
        assert short.nunique() > days / 2
    assert [len(bars) for bars in traded] == [days]


class EveryOtherDay(SizingStrategy):
    """Hold a half on every other day, whatever the forecast."""

    def target_weight(self):
        return 0.5 * (len(self) % 2)


@pytest.mark.parametrize(
    "terms",
    [{"commission_bps": 5}, {"commission_min": 50}, {"whole_shares": True}, {"min_order": 500}],
    ids=lambda terms: next(iter(terms)),
)
def test_nulls_of_a_hybrid_are_traded_in_its_own_accounts_where_size_matters(signals, terms):
    """The order of forecasts that nobody reads changes nothing, so every null model is the account itself."""
    settings = SETTINGS.replace(capital=10_000.0, **terms)
    variants = [Variant("every_other_day", EveryOtherDay, share) for share in (1.0, 0.3)]
    *results, benchmark = run_backtest(signals, [*variants, BENCHMARK], settings)
    found = run_null_models(signals, variants, Comparison.of(results, benchmark), settings)
    for result in results:
        band = found.bands[result.name]
        np.testing.assert_allclose(band.low, result.equity, rtol=1e-12)
        np.testing.assert_allclose(band.high, result.equity, rtol=1e-12)
        assert found.percentiles[result.name].shuffled == 0.5
