import numpy as np
import pandas as pd

from analyzers.luck.appraisal import unexplained_returns


def test_unexplained_returns_of_a_share_in_the_market_are_none():
    market = pd.Series(np.random.default_rng(3).normal(0.001, 0.01, 250))
    assert np.abs(unexplained_returns(0.3 * market, market)).max() < 1e-15
    beyond = unexplained_returns(0.3 * market + 0.002, market)
    np.testing.assert_allclose(beyond, 0.002, rtol=1e-9)


def test_a_flat_market_explains_nothing():
    returns = pd.Series([0.01, -0.02, 0.03])
    assert unexplained_returns(returns, 0 * returns).tolist() == returns.tolist()
