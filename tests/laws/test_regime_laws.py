"""Laws of regimes: what filters nothing changes nothing, what is only reported changes nothing, and signs are alike."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.forecasting import ensemble_members, forecast, walk_forward_of
from backtrader_walkforward.settings.choices import REGIMES
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import build_signals, kinds_of_regimes, signals_frame
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import Variant
from tests.laws.drawn_markets import PURE, PURE_AND_A_HYBRID, both_fills, law, markets

SETTINGS = Settings.of(capital=1_000.0, predictor="mean", lookback=20)
EVERY = tuple((name, "out") for names in REGIMES.values() for name in names)


def same_results(ones, others):
    """Check that equity, weights, orders and figures are the same to the bit."""
    for one, other in zip(ones, others, strict=True):
        pd.testing.assert_frame_equal(other.accounts, one.accounts, check_exact=True)
        pd.testing.assert_series_equal(other.weights, one.weights, check_exact=True)
        np.testing.assert_array_equal(np.signbit(other.weights), np.signbit(one.weights))
        pd.testing.assert_frame_equal(other.fills, one.fills, check_exact=True)
        assert other.metrics == one.metrics


def with_regimes(signals, **codes):
    """The market with the lines given, and NaN in the others."""
    return signals.assign(**{f"{kind}_regime": codes.get(kind, np.nan) for kind in REGIMES})


@pytest.mark.slow
@both_fills
@law
@given(signals=markets())
def test_a_filter_that_filters_nothing_changes_no_bit(signals, fill):
    settings = SETTINGS.replace(fill=fill)
    free = run_backtest(signals, PURE_AND_A_HYBRID, settings)
    never, always_up = with_regimes(signals), with_regimes(signals, trend=0.0)
    same_results(free, run_backtest(never, PURE_AND_A_HYBRID, settings.replace(regime_filter=EVERY)))
    for rules in ((), (("downtrend", "out"), ("turbulent", "half"))):
        same_results(free, run_backtest(always_up, PURE_AND_A_HYBRID, settings.replace(regime_filter=rules)))


@both_fills
@law
@given(signals=markets(), codes=st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=45, max_size=45))
def test_mirrored_forecasts_are_filtered_alike(signals, codes, fill):
    settings = SETTINGS.replace(fill=fill, regime_filter=(("downtrend", "out"), ("uptrend", "half")))
    regimes = with_regimes(signals, trend=codes[: len(signals)])
    mirrored = regimes.assign(predicted_return=-regimes["predicted_return"])
    for one, other in zip(run_backtest(regimes, PURE, settings), run_backtest(mirrored, PURE, settings), strict=True):
        np.testing.assert_array_equal(one.weights, -other.weights)
        outside = regimes.loc[one.weights.index, "trend_regime"] == 1.0
        assert (one.weights[outside] == 0).all()
        assert (abs(one.weights) <= 1).all()


@law
@given(signals=markets())
def test_out_all_along_is_cash(signals):
    out = with_regimes(signals, markov=1.0)
    for result in run_backtest(out, PURE, SETTINGS.replace(regime_filter=(("turbulent", "out"),))):
        assert (result.equity == SETTINGS.trading.capital).all()
        assert result.fills.empty


@pytest.fixture(scope="module")
def history(sample):
    """Prices, features and forecasts of a year and a half."""
    from backtrader_walkforward.features import compute_features

    prices = sample.loc["2007-06":"2008"]
    features = compute_features(prices)
    made = forecast(prices, features, ensemble_members(SETTINGS), walk_forward_of(SETTINGS))
    return prices, features, made.table


def test_regimes_alone_are_lines_more_and_change_nothing_else(history):
    plain, asked = (
        build_signals(*history, SETTINGS.replace(regimes=kinds), PURE)
        for kinds in ((), ("trend", "volatility", "markov"))
    )
    pd.testing.assert_frame_equal(plain, signals_frame(*history), check_exact=True)
    pd.testing.assert_frame_equal(asked[list(plain)], plain, check_exact=True)
    assert list(asked)[len(plain.columns) :] == ["trend_regime", "volatility_regime", "markov_regime"]
    assert asked.loc[history[2].index, "trend_regime"].notna().all()
    same_results(run_backtest(plain, PURE_AND_A_HYBRID, SETTINGS), run_backtest(asked, PURE_AND_A_HYBRID, SETTINGS))


class OutOfDowntrends(SizingStrategy):
    """A user's own, with a filter of its own."""

    params = dict(regime_filter={"downtrend": "out"})

    def target_weight(self):
        return 0.5


def test_a_filter_makes_its_kind_known_be_it_the_users_or_a_strategys(history):
    own = [Variant("out_of_downtrends", OutOfDowntrends)]
    settings = SETTINGS.replace(regimes=("volatility",), regime_filter=(("calm", "half"),))
    assert kinds_of_regimes(settings, own) == {"trend", "volatility", "markov"}
    signals = build_signals(*history, SETTINGS, own)
    assert "trend_regime" in signals
    assert "markov_regime" not in signals
    [result] = run_backtest(signals, own, SETTINGS.replace(regime_filter=(("uptrend", "out"),)))
    expected = np.where(signals.loc[result.weights.index, "trend_regime"] == 1.0, 0.0, 0.5)
    np.testing.assert_array_equal(result.weights, expected)


class Mistaken(OutOfDowntrends):
    params = dict(regime_filter="downtrend")


def test_a_strategys_own_mistake_is_named_with_it(history):
    with pytest.raises(ArgumentError, match=r"Mistaken.regime_filter must say what to do by regime, .*: 'downtrend'$"):
        build_signals(*history, SETTINGS, [Variant("mistaken", Mistaken)])
