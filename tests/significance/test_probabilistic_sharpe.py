"""The probabilistic Sharpe ratio against its paper, and by simulation."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.significance.probabilistic_sharpe import of_moments, probabilistic_sharpe_ratio


def test_the_example_of_the_paper():
    """Bailey and Lopez de Prado (2012), 24 months: .9127 against 0, .8554 against .1 a month."""
    of_the_paper = dict(ratio=0.036 / 0.079, days=24, skewness=-2.448, kurtosis=10.164)
    assert of_moments(benchmark=0.0, **of_the_paper) == pytest.approx(0.9127, abs=5e-5)
    assert of_moments(benchmark=0.1, **of_the_paper) == pytest.approx(0.8554, abs=5e-5)


def test_it_is_a_half_at_the_ratio_itself():
    returns = pd.Series(np.random.default_rng(1).normal(0.001, 0.01, 300))
    own = returns.mean() / returns.std() * 252**0.5
    assert probabilistic_sharpe_ratio(returns, own, 252) == pytest.approx(0.5)
    assert probabilistic_sharpe_ratio(returns, own + 1, 252) < 0.5 < probabilistic_sharpe_ratio(returns, own - 1, 252)


def test_normal_days_without_skill_pass_95_in_one_of_twenty():
    days = np.random.default_rng(2).normal(0, 0.01, (2000, 250))
    passed = [probabilistic_sharpe_ratio(pd.Series(one), 0.0, 252) > 0.95 for one in days]
    assert np.mean(passed) == pytest.approx(0.05, abs=0.015)
