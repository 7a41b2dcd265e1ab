"""Ranking, and what counts as better than buy & hold."""

from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of


@pytest.fixture(scope="module")
def comparison(signals):
    *results, benchmark = run_backtest(signals, [*variants_of(find_strategies()), BENCHMARK], Settings.of())
    return Comparison.of(results, benchmark)


def changed(result, **metrics):
    return replace(result, metrics=result.metrics | metrics)


def test_undefined_ranks_last(comparison):
    first = changed(comparison.best, sharpe=None)
    again = Comparison.of([first, *comparison.ranked[1:]], comparison.benchmark)
    assert again.ranked[-1] is first
    assert again.best is comparison.ranked[1]


def test_rounding_decides_nothing(comparison):
    twin = changed(comparison.best, sharpe=comparison.best.metrics.sharpe + 1e-13)
    twin = replace(twin, name=f"{twin.name}_twin")
    assert Comparison.of([twin, comparison.best], comparison.benchmark).best is comparison.best
    better = changed(twin, sharpe=comparison.best.metrics.sharpe + 2e-9)
    assert Comparison.of([comparison.best, better], comparison.benchmark).best is better
    signals = comparison.benchmark.metrics.total_return
    assert not comparison.beats_benchmark(changed(comparison.best, total_return=signals + 1e-13))
    assert comparison.beats_benchmark(changed(comparison.best, total_return=signals + 2e-9))


@pytest.mark.parametrize(("weight", "has_traded"), [(0.0099, False), (0.01, True), (-0.01, True)])
def test_the_best_has_traded_with_a_hundredth_of_its_account(comparison, weight, has_traded):
    little = replace(comparison.best, weights=pd.Series(weight, comparison.best.weights.index))
    assert Comparison((little,), comparison.benchmark).best_has_traded is has_traded
