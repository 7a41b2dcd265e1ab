"""The break-even by hand, and beside real runs at that cost."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation.break_even import FreeAccount, break_even_bps
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies

FOUND = find_strategies(("binary", "fixed"))
VARIANTS = [Variant("binary", FOUND["binary"]), Variant("fixed", FOUND["fixed"], active_share=0.3), BENCHMARK]


@pytest.fixture(scope="module")
def informed(signals):
    """A forecast that is right more often than not, so that there is something to lose."""
    tomorrow = signals["Close"].pct_change().shift(-1).fillna(0.0)
    noise = np.random.default_rng(3).normal(0, 0.05, len(signals))
    return signals.assign(predicted_return=tomorrow + noise)


@pytest.fixture(scope="module")
def free(informed):
    return run_backtest(informed, VARIANTS, Settings.of(rebalance_band=0))


def test_a_purchase_and_a_sale_by_hand():
    # 1,000 buy at 10 and sell at 11: 1000 / (1 + c) x 1.1 x (1 - c) = 1000 where c = 0.1 / 2.1
    account = FreeAccount(1_000.0, [(10.0, 1.0), (11.0, 0.0)], last_close=12.0)
    assert account.final_value(0.0) == 1_100
    assert account.final_value(0.1 / 2.1) == pytest.approx(1_000)


def test_half_long_then_half_short_by_hand():
    # 50 shares at 10 cost 5; 995 at 10 go to -49.75 shares, which costs 9.975
    account = FreeAccount(1_000.0, [(10.0, 0.5), (10.0, -0.5)], last_close=8.0)
    assert account.final_value(0.01) == pytest.approx(995 - 9.975 + 49.75 * 2)


def test_a_real_run_at_the_break_even_earns_nothing(informed, free):
    cost = break_even_bps(free[0])
    assert 10 < cost < 1_000
    [at_cost] = run_backtest(informed, VARIANTS[:1], Settings.of(commission_bps=cost, rebalance_band=0))
    assert at_cost.metrics.total_return == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("place", range(2))
def test_a_real_run_at_the_other_break_even_ends_where_buy_and_hold_does(informed, free, place):
    cost = break_even_bps(free[place], free[-1])
    at_cost, hold = run_backtest(
        informed, [VARIANTS[place], BENCHMARK], Settings.of(commission_bps=cost, rebalance_band=0)
    )
    assert at_cost.equity.iloc[-1] == pytest.approx(hold.equity.iloc[-1], rel=1e-6)
    assert hold.metrics.total_return < free[-1].metrics.total_return


def test_what_loses_for_free_or_never_trades_has_none(free):
    binary, _, hold = free
    assert hold.metrics.total_return < 0
    assert break_even_bps(hold) is None
    idle = replace(binary, fills=binary.fills.iloc[:0], accounts=pd.DataFrame({"active": binary.equity * 0 + 1e5}))
    assert break_even_bps(idle) is None
