"""Published values of the formulas, and what is said of random and of real skill."""

import numpy as np
import pandas as pd
import pytest

from analyzers import Comparison, judge
from analyzers.significance import (
    deflated_sharpe_ratio,
    expected_best_sharpe,
    expected_maximum,
    probabilistic_sharpe_ratio,
    unexplained_returns,
)
from backtest import run_backtest
from config import Config
from strategies.variants import BENCHMARK, find_strategies, variants_of


def test_probabilistic_sharpe_ratio_of_the_paper():
    daily_sharpe = 0.036 / 0.079
    arguments = {"days": 24, "skewness": -2.448, "kurtosis": 10.164}
    assert probabilistic_sharpe_ratio(daily_sharpe, 0.0, **arguments) == pytest.approx(0.9127, abs=1e-4)
    assert probabilistic_sharpe_ratio(daily_sharpe, 0.1, **arguments) == pytest.approx(0.8554, abs=1e-4)


@pytest.mark.parametrize(("trials", "expected"), [(1, 0.0), (10, 1.575), (20, 1.901), (45, 2.236)])
def test_expected_maximum(trials, expected):
    assert expected_maximum(trials) == pytest.approx(expected, abs=1e-3)


def test_expected_best_sharpe_grows_with_spread_and_trials():
    assert expected_best_sharpe([0.0, 2.0], trials=20) == pytest.approx(np.sqrt(2) * 1.901, abs=2e-3)
    assert expected_best_sharpe([1.0], trials=1) == 0


def test_the_best_of_many_random_curves_is_not_called_skill():
    generator, called_skill = np.random.default_rng(3), 0
    for _ in range(50):
        curves = generator.normal(0, 0.01, (20, 250))
        sharpes = curves.mean(axis=1) / curves.std(axis=1, ddof=1)
        best = pd.Series(curves[sharpes.argmax()])
        called_skill += deflated_sharpe_ratio(best, sharpes, trials=20) > 0.95
    assert called_skill <= 3


def test_real_skill_is_called_skill():
    returns = pd.Series(np.random.default_rng(3).normal(0.004, 0.01, 250))
    assert deflated_sharpe_ratio(returns, [0.0, 0.05, -0.05, 0.4], trials=4) > 0.95


def test_unexplained_returns_of_a_share_in_the_market_are_none():
    market = pd.Series(np.random.default_rng(3).normal(0.001, 0.01, 250))
    assert np.abs(unexplained_returns(0.3 * market, market)).max() < 1e-15
    beyond = unexplained_returns(0.3 * market + 0.002, market)
    np.testing.assert_allclose(beyond, 0.002, rtol=1e-9)


@pytest.fixture
def judged(sample):
    """The verdict on forecasts over the good year of 2017, from the actual next returns."""

    def judged(forecast):
        bars = sample.loc["2017"]
        following = bars["Close"].shift(-1) / bars["Close"] - 1
        predicted_return = forecast(following.fillna(0.0))
        lines = {"predicted_return": predicted_return, "volatility": 0.01, "median_volatility": 0.01}
        variants = [*variants_of(find_strategies(METHODS)), BENCHMARK]
        *results, benchmark = run_backtest(bars.assign(**lines), variants, Config())
        return judge(Comparison.of(results, benchmark))

    return judged


METHODS = ["binary", "fixed", "kelly", "proportional", "volatility_adjusted"]


def test_holding_the_market_in_a_good_year_is_no_skill(judged):
    luck = judged(lambda following: 0.0 * following)
    assert luck.deflated_sharpe_ratio > 0.95
    assert luck.deflated_appraisal_ratio is None
    assert luck.verdict.endswith("No evidence of skill: its active account did nothing that buy & hold did not do.")


def test_being_always_long_is_no_skill(judged):
    assert "No evidence of skill" in judged(lambda following: 0.0 * following + 0.01).verdict


def test_an_oracle_is_called_skill(judged):
    assert "Evidence of skill" in judged(lambda following: following).verdict


def test_the_same_oracle_a_day_late_is_not(judged):
    assert "No evidence of skill" in judged(lambda following: following.shift(1).fillna(0.0)).verdict
