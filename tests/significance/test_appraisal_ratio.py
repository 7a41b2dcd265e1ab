from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import TrialRatios, trial_ratios
from backtrader_walkforward.significance.appraisal_ratio import deflated_appraisal_ratio, residual_returns
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of


def test_a_share_of_the_market_has_no_residual_returns():
    market = pd.Series(np.random.default_rng(3).normal(0.001, 0.01, 250))
    assert np.abs(residual_returns(0.3 * market, market)).max() < 1e-15
    beyond = residual_returns(0.3 * market + 0.002, market)
    np.testing.assert_allclose(beyond, 0.002, rtol=1e-9)


@pytest.fixture(scope="module")
def comparison(signals):
    *results, benchmark = run_backtest(signals, [*variants_of(find_strategies(["kelly"])), BENCHMARK], Settings.of())
    return Comparison.of(results, benchmark)


def test_the_ratios_of_a_run(comparison):
    ratios = trial_ratios(comparison)
    market = comparison.benchmark.returns
    for result in comparison.ranked:
        found, beyond = ratios[result.name], residual_returns(result.accounts["active"].pct_change()[1:], market)
        assert (found.days, found.sharpe) == (len(result.returns), result.metrics.sharpe)
        assert found.appraisal == pytest.approx(beyond.mean() / beyond.std() * 252**0.5)


def test_a_ratio_over_other_days_is_as_many_standard_errors_from_zero():
    ratios = TrialRatios(days=401, sharpe=1.0, appraisal=None)
    assert ratios.over(401) == ratios
    assert ratios.over(101) == TrialRatios(days=101, sharpe=2.0, appraisal=None)
    assert replace(ratios, appraisal=0.5).over(101).appraisal == 1.0


def test_the_appraisal_ratios_of_other_trials_count(comparison):
    """A larger spread of the trials gives a larger expected best."""
    others = [
        TrialRatios(days=len(comparison.best.returns), sharpe=None, appraisal=value) for value in (-1.0, 0.0, 1.0)
    ]
    alone, wider = deflated_appraisal_ratio(comparison, 20), deflated_appraisal_ratio(comparison, 20, others)
    assert wider < alone


def test_a_flat_market_explains_nothing():
    returns = pd.Series([0.01, -0.02, 0.03])
    assert residual_returns(returns, 0 * returns).tolist() == returns.tolist()
