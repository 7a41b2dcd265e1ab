"""The Markov model: it finds two known states, its filter uses no later day, and a failed fit gives no regime."""

from dataclasses import replace

import numpy as np
import pytest

from backtrader_walkforward.features import complete_rows
from backtrader_walkforward.regimes.markov import filtered_turbulence, fit_states, markov_regime, turbulence
from backtrader_walkforward.settings.choices import REGIME_CODES

CALM, TURBULENT = REGIME_CODES["calm"], REGIME_CODES["turbulent"]
HALVES = {"calm first": (0.005, 0.03), "turbulent first": (0.03, 0.005)}


def in_turn(*deviations, days=100):
    """Return reproducible returns with each standard deviation in turn, for the same number of days."""
    random = np.random.default_rng(3)
    return np.concatenate([random.normal(0.0005, deviation, days) for deviation in deviations])


@pytest.mark.parametrize("first", HALVES)
def test_turbulent_is_the_state_with_the_larger_variance_whichever_comes_first(first):
    one, other = HALVES[first]
    returns = in_turn(one, other, one, 0.005, 0.03)
    found = turbulence(returns, 300) > 0.5
    assert found[300:400].mean() < 0.1
    assert found[410:].mean() > 0.9


def test_probabilities_are_those_of_hamiltons_filter_by_hand():
    """p(s) = sum over s' of p(s | s') x p(s') before, times the density of the return in s, normed to 1."""
    returns = np.array([0.5, -3.0, 2.5, 0.1, -0.2, 4.0])
    params = np.array([0.95, 0.1, 0.0, 0.5, 4.0])  # P(0 to 0), P(1 to 0), mean, variances
    stay = np.array([[0.95, 0.1], [0.05, 0.9]])
    probability, expected = np.array([0.1, 0.05]) / 0.15, []  # of the steady state
    for value in returns:
        density = np.exp(-(value**2) / (2 * params[3:])) / np.sqrt(params[3:])
        probability = stay @ probability * density
        probability /= probability.sum()
        expected.append(probability[1])
    np.testing.assert_allclose(filtered_turbulence(returns, params), expected, rtol=1e-9)


@pytest.mark.parametrize("later", ["cut off", "blown up", "shuffled"])
def test_no_later_return_changes_a_bit(later):
    returns = in_turn(0.005, 0.03, 0.005, 0.03)
    whole = turbulence(returns, 250)
    for day in (250, 251, 290, 333, 398):
        future = {"cut off": returns[:0], "blown up": 1000 * returns[day:], "shuffled": returns[day:][::-1]}[later]
        np.testing.assert_array_equal(turbulence(np.append(returns[:day], future), 250)[:day], whole[:day])


def test_test_rows_are_not_fitted_on():
    returns = in_turn(0.005, 0.03, 0.005, 0.03)
    other = np.append(returns[:300], 7 * returns[300:])
    np.testing.assert_array_equal(turbulence(other, 300)[:300], turbulence(returns, 300)[:300])


NO_FIT = {
    "a price that never moves": np.zeros(200),
    "one that always moves as much": np.full(200, 0.01),
    "most days without a trade": np.where(np.arange(200) % 10, 0.0, 0.01),
    "one jump": np.append(in_turn(0.01), [0.5, *in_turn(0.01)]),
    "up and down in turn": np.tile([0.01, -0.01], 100),
    "a wild day every other day": np.ravel(np.column_stack([in_turn(0.002), in_turn(0.05)])),
    "a moment": in_turn(0.01, days=3),
}


@pytest.mark.parametrize("returns", NO_FIT.values(), ids=NO_FIT)
def test_what_has_no_two_lasting_states_has_no_regime_and_no_warning(returns):
    assert turbulence(returns, len(returns)) is None


def test_an_equal_fit_is_not_made_twice():
    returns = in_turn(0.005, 0.03)
    fit_states.cache_clear()
    assert fit_states(returns.tobytes()) == fit_states(returns.tobytes())
    assert fit_states.cache_info().hits == 1
    fit_states.cache_clear()


def test_the_unit_of_returns_is_of_no_importance():
    returns = in_turn(0.005, 0.03)
    np.testing.assert_array_equal(turbulence(returns * 2**-12, 200), turbulence(returns, 200))


def test_each_fold_is_named_on_its_test_rows_by_a_model_of_its_training_rows(features, walk_forward, first_day):
    codes = markov_regime(features, walk_forward, first_day)
    usable = np.flatnonzero(complete_rows(features))
    returns = features["pct_change_1"].to_numpy()[usable]
    folds = list(walk_forward.split(len(usable)))
    assert len(folds) == 3
    assert np.isnan(codes[: usable[550]]).all()
    assert np.isnan(codes).sum() == usable[550]
    for train, test in folds:
        assert train[0] - walk_forward.lookback + 1 == 0
        probability = turbulence(returns[: test[-1] + 1], train[-1] + 1)[-len(test) :]
        np.testing.assert_array_equal(codes[usable[test]], np.where(probability > 0.5, TURBULENT, CALM))
    october = features.index.get_indexer(["2008-10-15"])[0]
    assert codes[october] == TURBULENT
    assert CALM in codes


def test_a_train_window_is_kept_to(features, walk_forward, first_day):
    short = replace(walk_forward, train_window=250)
    other = features.copy()
    first = complete_rows(features).argmax() + 550 - 1 - 250 - 20 + 1
    other.iloc[:first, features.columns.get_loc("pct_change_1")] = 0.5
    np.testing.assert_array_equal(
        markov_regime(other, short, first_day)[:643], markov_regime(features, short, first_day)[:643]
    )
    assert not np.array_equal(
        markov_regime(other, walk_forward, first_day), markov_regime(features, walk_forward, first_day), equal_nan=True
    )


def test_a_test_that_begins_on_a_named_day_has_its_regimes_from_the_same_row(features, walk_forward, first_day):
    named = replace(walk_forward, first_test=None, test_from=features.index[300].date())
    np.testing.assert_array_equal(
        markov_regime(features, named, first_day), markov_regime(features, walk_forward, first_day)
    )


def test_a_fold_without_a_fit_is_in_no_regime(features, walk_forward, first_day):
    flat = features.assign(pct_change_1=0.0)
    assert np.isnan(markov_regime(flat, walk_forward, first_day)).all()
