"""Fills and weights, compared up to a date."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit.check_equity import check_reconciliation
from backtrader_walkforward.audit.check_trading import (
    days_of_difference,
    fewest_fills,
    first_other_fill,
    known_fills,
    trade_bar_by_bar,
)
from backtrader_walkforward.trading import SizingStrategy
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
    assert first_other_fill(FILLS, FILLS.assign(size=[1.0, -1.0 + 1e-6, 2.0])) == DAYS[1]
    assert first_other_fill(FILLS, FILLS.assign(size=[1.0, np.nextafter(-1.0, 0), 2.0])) is None


def test_the_account_with_the_fewest_fills_counts(results):
    hybrid = results["volatility_adjusted_hybrid_70_30"]
    assert fewest_fills(hybrid) == 1
    assert fewest_fills(replace(hybrid, fills=hybrid.fills.iloc[:0])) == 0


def test_the_days_of_difference_are_those_of_the_decisions(results):
    result = results["volatility_adjusted"]
    assert days_of_difference(result, result) == []
    day, last = result.weights.index[[20, -1]]
    other = replace(result, weights=result.weights.where(result.weights.index != day, 0.123))
    assert days_of_difference(result, other) == [day]
    filled = result.fills["date"].iloc[5]
    decided = result.weights.index[result.weights.index.get_loc(filled) - 1]
    assert days_of_difference(result, replace(result, fills=result.fills.drop(5))) == [decided, filled]
    assert decided < filled < last


def test_bars_that_come_one_by_one_trade_the_same_to_the_bit(run, results):
    first_day = run.table.index[0]
    known, later = run.signals.loc[:first_day], run.signals.loc[run.signals.index > first_day]
    rows = (row for _, row in later.iterrows())
    slowly = trade_bar_by_bar(rows, known, run.stages.variants, run.stages.settings)
    assert list(slowly) == list(results)
    assert known.index[-1] == first_day
    for name, result in results.items():
        pd.testing.assert_series_equal(slowly[name].equity, result.equity, check_exact=True)
        pd.testing.assert_frame_equal(slowly[name].fills, result.fills, check_exact=True)


class Looks(SizingStrategy):
    """Notes the last day of what it can see."""

    seen: ClassVar[list] = []

    def target_weight(self):
        frame = self.data.p.dataname
        self.seen.append((self.data.datetime.date(0), frame.index[-1].date(), len(frame), self.data.close.buflen()))
        return 0.5


def test_a_strategy_finds_nothing_after_its_bar(run, monkeypatch):
    monkeypatch.setattr(Looks, "seen", [])
    first_day = run.table.index[0]
    known, later = run.signals.loc[:first_day], run.signals.loc[run.signals.index > first_day]
    rows = (row for _, row in later.iterrows())
    trade_bar_by_bar(rows, known, [Variant("looks", Looks)], run.stages.settings)
    assert len(Looks.seen) == len(run.table)
    assert all(day == last for day, last, _, _ in Looks.seen)
    assert all(rows == bars for *_, rows, bars in Looks.seen)


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
