"""Interest on cash is no skill: Sharpe ratios and the tests of luck look at what is above it."""

from dataclasses import replace

import numpy as np
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.evaluation.metrics import excess_returns
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import assess_significance
from backtrader_walkforward.significance.verdict.answer import NOTHING
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of

VARIANTS = [*variants_of(find_strategies()), BENCHMARK]


def test_interest_alone_is_no_sharpe_ratio(signals):
    """An account that never trades ranks last, and the tests of luck have nothing to look at."""
    *idle, held = run_backtest(signals, VARIANTS, Settings.of(cash_rate=0.05, threshold=1.0))
    pure = next(result for result in idle if result.name == "binary")
    assert pure.metrics.total_return > 0.01
    assert pure.metrics.sharpe is pure.metrics.sortino is None
    assert assess_significance(Comparison.of([pure], held)).headline == NOTHING


def test_the_sharpe_ratio_of_what_is_always_invested_falls_by_the_interest(signals):
    [free] = run_backtest(signals, [BENCHMARK], Settings.of())
    *_, held = run_backtest(signals, VARIANTS, Settings.of(cash_rate=0.05))
    nights = np.diff(held.equity.index) / np.timedelta64(1, "D")
    beyond = held.returns - 0.05 * nights / 365
    assert held.metrics.sharpe == pytest.approx(beyond.mean() / beyond.std() * 252**0.5, rel=1e-12)
    assert held.metrics.sharpe < free.metrics.sharpe
    assert held.metrics.annual_volatility == pytest.approx(held.returns.std() * 252**0.5, rel=1e-12)


def test_luck_looks_at_what_is_above_the_interest(signals):
    """Interest added to every day's return of the same trades changes no figure but those of money."""
    *ranked, held = run_backtest(signals, VARIANTS, Settings.of(cash_rate=0.05))
    earning = assess_significance(Comparison.of(ranked, held))
    beyond = [replace(one, equity=grown(one), accounts=grown_accounts(one), cash_rate=0.0) for one in [*ranked, held]]
    figures = assess_significance(Comparison.of(beyond[:-1], beyond[-1]))
    assert earning.deflated_sharpe_ratio == pytest.approx(figures.deflated_sharpe_ratio, rel=1e-9)
    assert earning.skill.t_ratio == pytest.approx(figures.skill.t_ratio, rel=1e-6)
    assert earning.superior_predictive_ability == pytest.approx(figures.superior_predictive_ability, rel=1e-9)
    assert earning.variants.keys() == figures.variants.keys()


def grown(result):
    """An equity curve that grows by the excess returns."""
    return compounded(result.equity, result.excess_returns)


def grown_accounts(result):
    """The same of each account."""
    return result.accounts.apply(lambda curve: compounded(curve, excess_returns(curve, result.cash_rate)))


def compounded(equity, returns):
    return equity.iloc[0] * (1 + returns.reindex(equity.index, fill_value=0.0)).cumprod()
