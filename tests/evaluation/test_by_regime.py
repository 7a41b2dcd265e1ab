"""Results by regime: a literal market, and the law that the parts compound to the whole."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import results_by_regime
from backtrader_walkforward.evaluation.metrics import sharpe
from backtrader_walkforward.settings.choices import REGIMES, regime_line
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of

DAYS = pd.bdate_range("2020-01-01", periods=6)
CLOSES = pd.Series([100.0, 110.0, 99.0, 99.0, 198.0, 148.5], DAYS)
UP, DOWN = 0.0, 1.0


@pytest.fixture(scope="module")
def held(signals):
    """Buy & hold, with the returns +10 %, -10 %, 0, +100 %, -25 %."""
    [hold] = run_backtest(signals, [BENCHMARK], Settings.of())
    return replace(hold, equity=CLOSES, returns=CLOSES.pct_change().iloc[1:])


def test_a_return_belongs_to_the_regime_at_the_close_before_it(held):
    lines = pd.DataFrame({"trend_regime": [UP, UP, DOWN, np.nan, DOWN, UP]}, DAYS)
    up, down, unknown = results_by_regime([held], lines)
    assert [(part.kind, part.regime, part.days) for part in (up, down, unknown)] == [
        ("trend", "uptrend", 2),
        ("trend", "downtrend", 2),
        ("trend", "unknown", 1),
    ]
    assert up.total_return == {"buy_and_hold": pytest.approx(1.1 * 0.9 - 1)}
    assert down.total_return == {"buy_and_hold": pytest.approx(1.0 * 0.75 - 1)}
    assert unknown.total_return == {"buy_and_hold": pytest.approx(1.0)}
    assert up.sharpe["buy_and_hold"] == pytest.approx(0.0, abs=1e-12)
    assert down.sharpe["buy_and_hold"] == pytest.approx(-0.125 / 0.1767766953 * 252**0.5)
    assert unknown.sharpe == {"buy_and_hold": None}


def test_a_sharpe_ratio_is_of_what_is_above_the_interest(held):
    """At 36.5 % a year cash bears 0.1 % a night, and the two returns stand on one night each."""
    lines = pd.DataFrame({"trend_regime": [UP, UP, DOWN, np.nan, DOWN, UP]}, DAYS)
    down = results_by_regime([replace(held, cash_rate=0.365)], lines)[1]
    nights = np.array([3, 1])
    beyond = np.array([0.0, -0.25]) - 0.001 * nights
    assert down.sharpe["buy_and_hold"] == pytest.approx(beyond.mean() / beyond.std(ddof=1) * 252**0.5)


def test_the_regime_at_the_last_close_has_no_return_yet(held):
    [only] = results_by_regime([held], pd.DataFrame({"trend_regime": [UP] * 5 + [DOWN]}, DAYS))
    assert (only.regime, only.days) == ("uptrend", 5)


def test_bars_before_the_test_belong_to_nothing(held):
    before = pd.bdate_range("2019-12-25", periods=5)
    lines = pd.DataFrame({"trend_regime": [DOWN] * 5 + [UP] * 6}, before.append(DAYS))
    assert [part.days for part in results_by_regime([held], lines)] == [5]


def test_without_a_line_there_is_nothing(held, signals):
    assert results_by_regime([held], signals) == ()


@pytest.fixture(scope="module")
def played(signals):
    return run_backtest(signals, [*variants_of(find_strategies(["binary", "kelly"])), BENCHMARK], Settings.of())


@pytest.mark.parametrize("seed", range(5))
def test_the_regimes_of_a_kind_compound_to_the_whole(played, signals, seed):
    random = np.random.default_rng(seed)
    lines = {
        regime_line(kind): random.choice([*range(len(names)), np.nan], len(signals)) for kind, names in REGIMES.items()
    }
    parts = results_by_regime(played, signals.assign(**lines))
    for kind in REGIMES:
        own = [part for part in parts if part.kind == kind]
        assert [part.regime for part in own] == [*REGIMES[kind], "unknown"]
        assert sum(part.days for part in own) == len(signals) - 1
        for result in played:
            whole = np.prod([1 + part.total_return[result.name] for part in own]) - 1
            assert whole == pytest.approx(result.metrics.total_return, rel=1e-9, abs=1e-12)


def test_one_regime_all_along_is_the_whole(played, signals):
    [calm] = results_by_regime(played, signals.assign(markov_regime=0.0))
    for result in played:
        assert calm.sharpe[result.name] == sharpe(result.returns, 252) == result.metrics.sharpe
