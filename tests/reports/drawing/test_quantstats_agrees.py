"""QuantStats' figures are ours, so that a tear sheet and `results.json` say the same."""

import numpy as np
import pytest

from backtrader_walkforward.evaluation import measure_performance


@pytest.fixture(scope="module", params=["variant", "benchmark", "losing from the first day", "idle at first"])
def equity(request, comparison):
    closes = comparison.benchmark.equity
    idle = np.r_[np.full(40, closes.iloc[40]), closes.to_numpy()[40:]]
    return {
        "variant": comparison.best.equity,
        "benchmark": closes,
        "losing from the first day": closes.iloc[::-1].set_axis(closes.index),
        "idle at first": closes * 0 + idle,
    }[request.param]


@pytest.fixture(scope="module")
def returns(equity):
    return equity.pct_change().iloc[1:]


@pytest.fixture(scope="module")
def stats():
    import quantstats

    return quantstats.stats


def test_plain_formulas(stats, returns, equity):
    r, root = returns.to_numpy(), np.sqrt(252)
    growth = equity.iloc[-1] / equity.iloc[0]
    expected = {
        "comp": growth - 1,
        "cagr": growth ** (252 / len(r)) - 1,
        "volatility": r.std(ddof=1) * root,
        "sharpe": r.mean() / r.std(ddof=1) * root,
        "sortino": r.mean() / np.sqrt(np.mean(np.minimum(r, 0) ** 2)) * root,
        "max_drawdown": (equity / equity.cummax() - 1).min(),
    }
    found = {name: float(getattr(stats, name)(returns)) for name in expected}
    assert found == pytest.approx(expected, abs=1e-9, rel=1e-9)


def test_our_measures(stats, returns, equity):
    ours = measure_performance(equity)
    names = {
        "total_return": "comp",
        "annual_return": "cagr",
        "annual_volatility": "volatility",
        "sharpe": "sharpe",
        "sortino": "sortino",
        "calmar": "calmar",
        "max_drawdown": "max_drawdown",
        "winning_days": "win_rate",
    }
    found = {ours_: float(getattr(stats, theirs)(returns)) for ours_, theirs in names.items()}
    assert found == pytest.approx({name: ours[name] for name in names}, abs=1e-9, rel=1e-9)
