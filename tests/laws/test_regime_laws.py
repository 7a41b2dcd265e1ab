"""Laws of regimes: what filters nothing changes nothing, what is only reported changes nothing, and signs are alike."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.forecasting import forecast, members_of, walk_forward_of
from backtrader_walkforward.settings.choices import REGIMES
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.signals import kinds_of_regimes, market_for, market_of
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import Variant
from tests.laws.drawn_markets import PURE, PURE_AND_A_HYBRID, both_fills, law, markets

CONFIG = Config(capital=1_000.0, predictor="mean", lookback=20)
EVERY = tuple((name, "out") for names in REGIMES.values() for name in names)


def same_results(ones, others):
    """Check that equity, weights, orders and figures are the same to the bit."""
    for one, other in zip(ones, others, strict=True):
        pd.testing.assert_frame_equal(other.accounts, one.accounts, check_exact=True)
        pd.testing.assert_series_equal(other.weights, one.weights, check_exact=True)
        np.testing.assert_array_equal(np.signbit(other.weights), np.signbit(one.weights))
        pd.testing.assert_frame_equal(other.orders, one.orders, check_exact=True)
        assert other.metrics == one.metrics


def with_regimes(market, **codes):
    """The market with the lines given, and NaN in the others."""
    return market.assign(**{f"{kind}_regime": codes.get(kind, np.nan) for kind in REGIMES})


@both_fills
@law
@given(market=markets())
def test_a_filter_that_filters_nothing_changes_no_bit(market, fill):
    config = replace(CONFIG, fill=fill)
    free = run_backtest(market, PURE_AND_A_HYBRID, config)
    never, always_up = with_regimes(market), with_regimes(market, trend=0.0)
    same_results(free, run_backtest(never, PURE_AND_A_HYBRID, replace(config, regime_filter=EVERY)))
    for rules in ((), (("downtrend", "out"), ("turbulent", "half"))):
        same_results(free, run_backtest(always_up, PURE_AND_A_HYBRID, replace(config, regime_filter=rules)))


@both_fills
@law
@given(market=markets(), codes=st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=45, max_size=45))
def test_mirrored_forecasts_are_filtered_alike(market, codes, fill):
    config = replace(CONFIG, fill=fill, regime_filter=(("downtrend", "out"), ("uptrend", "half")))
    regimes = with_regimes(market, trend=codes[: len(market)])
    mirrored = regimes.assign(predicted_return=-regimes["predicted_return"])
    for one, other in zip(run_backtest(regimes, PURE, config), run_backtest(mirrored, PURE, config), strict=True):
        np.testing.assert_array_equal(one.weights, -other.weights)
        outside = regimes.loc[one.weights.index, "trend_regime"] == 1.0
        assert (one.weights[outside] == 0).all()
        assert (abs(one.weights) <= 1).all()


@law
@given(market=markets())
def test_out_all_along_is_cash(market):
    out = with_regimes(market, markov=1.0)
    for result in run_backtest(out, PURE, replace(CONFIG, regime_filter=(("turbulent", "out"),))):
        assert (result.equity == CONFIG.capital).all()
        assert result.orders.empty


@pytest.fixture(scope="module")
def history(sample):
    """Prices, features and forecasts of a year and a half."""
    from backtrader_walkforward.features import compute_features

    prices = sample.loc["2007-06":"2008"]
    features = compute_features(prices)
    made = forecast(prices["Close"], features, members_of(CONFIG), walk_forward_of(CONFIG))
    return prices, features, made.table


def test_regimes_alone_are_lines_more_and_change_nothing_else(history):
    plain, asked = (
        market_for(*history, replace(CONFIG, regimes=kinds), PURE) for kinds in ((), ("trend", "volatility", "markov"))
    )
    pd.testing.assert_frame_equal(plain, market_of(*history), check_exact=True)
    pd.testing.assert_frame_equal(asked[list(plain)], plain, check_exact=True)
    assert list(asked)[len(plain.columns) :] == ["trend_regime", "volatility_regime", "markov_regime"]
    assert asked.loc[history[2].index, "trend_regime"].notna().all()
    same_results(run_backtest(plain, PURE_AND_A_HYBRID, CONFIG), run_backtest(asked, PURE_AND_A_HYBRID, CONFIG))


class OutOfDowntrends(SizingStrategy):
    """A user's own, with a filter of its own."""

    params = dict(regime_filter={"downtrend": "out"})

    def target_weight(self):
        return 0.5


def test_a_filter_makes_its_kind_known_be_it_the_users_or_a_strategys(history):
    own = [Variant("out_of_downtrends", OutOfDowntrends)]
    config = replace(CONFIG, regimes=("volatility",), regime_filter=(("calm", "half"),))
    assert kinds_of_regimes(config, own) == {"trend", "volatility", "markov"}
    market = market_for(*history, CONFIG, own)
    assert "trend_regime" in market
    assert "markov_regime" not in market
    [result] = run_backtest(market, own, replace(CONFIG, regime_filter=(("uptrend", "out"),)))
    expected = np.where(market.loc[result.weights.index, "trend_regime"] == 1.0, 0.0, 0.5)
    np.testing.assert_array_equal(result.weights, expected)


class Mistaken(OutOfDowntrends):
    params = dict(regime_filter="downtrend")


def test_a_strategys_own_mistake_is_named_with_it(history):
    with pytest.raises(ArgumentError, match=r"Mistaken.regime_filter must say what to do by regime, .*: 'downtrend'$"):
        market_for(*history, CONFIG, [Variant("mistaken", Mistaken)])
