"""Fills and weights, compared up to a date."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit.check_equity import check_reconciliation
from backtrader_walkforward.audit.check_trading import (
    check_strategies,
    compare_trading,
    fewest_fills,
    first_other_fill,
    known_fills,
    perturbed_signals,
    trade_bar_by_bar,
)
from backtrader_walkforward.audit.perturbed_history import PerturbedHistory, audit_dates
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.sizing_strategy import StrategyError
from backtrader_walkforward.trading.variants import Variant

DAYS = pd.bdate_range("2024-01-01", periods=3)
FILLS = pd.DataFrame({"date": DAYS, "account": "active", "size": [1.0, -1.0, 2.0]})


@pytest.fixture(scope="module")
def results(run):
    return {result.name: result for result in run.stages.results(run.signals, run.stages.variants)}


def test_a_fill_at_the_close_is_known_one_bar_later():
    assert len(known_fills(FILLS, DAYS[1], "next-open")) == 2
    assert len(known_fills(FILLS, DAYS[1], "close")) == 1


def test_the_first_fill_that_differs_is_that_of_the_earlier_date():
    assert first_other_fill(FILLS, FILLS.copy()) is None
    assert first_other_fill(FILLS, FILLS.iloc[:2]) == DAYS[2]
    assert first_other_fill(FILLS, FILLS.drop(1)) == DAYS[1]
    assert first_other_fill(FILLS, FILLS.assign(size=[1.0, np.nextafter(-1.0, 0), 2.0])) == DAYS[1]


def test_the_account_with_the_fewest_fills_counts(results):
    hybrid = results["volatility_adjusted_hybrid_70_30"]
    first, last = hybrid.weights.index[[0, -1]]
    assert fewest_fills(hybrid, last, "next-open") == 1
    assert fewest_fills(hybrid, first, "next-open") == 0


def test_another_weight_counts_only_up_to_the_date(results):
    past = results["volatility_adjusted"]
    day, before = past.weights.index[[20, 19]]
    other = replace(past, weights=past.weights.where(past.weights.index != day, 0.123))
    assert compare_trading("strategy", past, other, "next-open", before, "differs").failure == ""
    found = compare_trading("strategy", past, other, "next-open", day, "differs")
    assert (found.failure, found.date) == ("differs", day)


def test_only_missing_prices_are_filled_forward(run):
    date = audit_dates(run)[0]
    signals = perturbed_signals(run, PerturbedHistory.of(run, date, "masked"))
    later = signals.loc[signals.index > date]
    assert (later["Close"] == run.prices["Close"].loc[date]).all()
    assert later[["predicted_return", "predicted_close", "volatility"]].isna().all(axis=None)


class FailsLate(SizingStrategy):
    """Divides by zero if the forecast is absurd."""

    def target_weight(self):
        return 0.5 if abs(self.predicted_return) < 0.5 else 1 / 0


def test_a_strategy_that_fails_on_absurd_prices_is_inconclusive(run):
    stages = replace(run.stages, variants=(Variant("fails_late", FailsLate),))
    broken = replace(run, stages=stages)
    history = PerturbedHistory.of(run, audit_dates(run)[0], "scaled")
    past = {result.name: result for result in stages.results(run.signals, stages.variants)}
    broken = replace(broken, results=past)
    [finding] = check_strategies(broken, perturbed_signals(run, history), history)
    assert finding.compared == 0
    assert "a strategy fails when later rows are scaled: FailsLate.target_weight() on 2018-" in finding.reason


def test_bar_by_bar_is_the_same_to_the_bit(run, results):
    slowly, reached = trade_bar_by_bar(run)
    assert reached == []
    assert list(slowly) == list(results)
    for name, result in results.items():
        pd.testing.assert_series_equal(slowly[name].equity, result.equity, check_exact=True)
        pd.testing.assert_frame_equal(slowly[name].fills, result.fills, check_exact=True)


def test_a_strategy_that_only_fails_is_no_leak(run):
    class Wrong(SizingStrategy):
        def target_weight(self):
            return 1 / 0

    wrong = replace(run, stages=replace(run.stages, variants=(Variant("wrong", Wrong),)))
    with pytest.raises(StrategyError, match="ZeroDivisionError"):
        trade_bar_by_bar(wrong)


def test_an_equity_that_does_not_add_up_is_named_by_account_and_day(run, results):
    result = results["volatility_adjusted_hybrid_50_50"]
    day = result.equity.index[30]
    accounts = result.accounts.copy()
    accounts.loc[day, "passive"] *= 1 + 1e-8
    wrong = results | {result.name: replace(result, accounts=accounts)}
    assert not any(finding.failure for finding in check_reconciliation(replace(run, results=results)))
    [failure] = [finding for finding in check_reconciliation(replace(run, results=wrong)) if finding.failure]
    assert (failure.name, failure.date) == ("volatility_adjusted_hybrid_50_50/passive", day)
    assert "but fills and closes give" in failure.failure
