"""A live record beside its backtest, in figures that can be checked by hand."""

from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, LiveRecord
from backtrader_walkforward.evaluation.live_vs_backtest import compare_fills
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies

DAYS = pd.to_datetime(["2024-01-02", "2024-01-03", "2024-01-04"])


def fills(*rows):
    return pd.DataFrame(rows, columns=["date", "account", "size", "price", "commission"]).assign(
        date=lambda table: pd.to_datetime(table["date"])
    )


ONE = ("2024-01-03", "active", 10.0, 50.0, 0.0)


@pytest.mark.parametrize(
    ("other", "differ"),
    [
        ([ONE], (1, 0)),
        ([("2024-01-03", "active", 20.0, 25.0, 0.0)], (1, 1)),
        ([("2024-01-03", "active", 10.001, 50.0, 0.0)], (1, 1)),
        ([("2024-01-03", "active", 10.0003, 50.0, 0.0)], (1, 1)),
        ([("2024-01-03", "active", 10.0001, 50.0, 0.0)], (1, 0)),
        ([("2024-01-03", "active", 10 / (1 + 9e-7), 50 * (1 + 9e-7), 0.0)], (1, 0)),
        ([("2024-01-03", "active", 10 / (1 + 2e-6), 50 * (1 + 2e-6), 0.0)], (1, 1)),
        ([("2024-01-03", "passive", 10.0, 50.0, 0.0)], (2, 2)),
        ([("2024-01-04", "active", 10.0, 50.0, 0.0)], (2, 2)),
        ([ONE, ONE], (2, 1)),
        ([], (1, 1)),
    ],
)
def test_fills_belong_together_by_day_account_and_place(other, differ):
    assert compare_fills(fills(ONE), fills(*other)) == differ


@pytest.fixture
def comparison_of(signals):
    variants = [Variant("binary", find_strategies(["binary"])["binary"]), BENCHMARK]

    def comparison_of(bars=signals):
        *results, benchmark = run_backtest(bars, variants, Settings.of())
        return Comparison.of(results, benchmark)

    return comparison_of


def both(live, backtest, late=False):
    return pd.DataFrame({"live": live, "backtest": backtest, "late": late}, DAYS)


def test_equal_records_are_equal(comparison_of):
    record = LiveRecord.of(comparison_of(), comparison_of(), both([0.01, 0.02, 0.0], [0.01, 0.02, 0.0]))
    assert record.is_equal
    assert (record.days, record.forecasts_that_differ, record.largest_forecast_gap) == (3, 0, 0.0)
    assert list(record.variants) == ["binary", "buy_and_hold"]
    assert record.variants["binary"].difference == 0.0
    assert not replace(record, forecasts_that_differ=1).is_equal


def test_one_price_more_known_in_the_backtest_is_a_difference(comparison_of, signals):
    known = signals.copy()
    known.iloc[60, known.columns.get_loc("Open")] *= 1.001
    record = LiveRecord.of(comparison_of(), comparison_of(known), both([0.0] * 3, [0.0] * 3))
    binary = record.variants["binary"]
    assert not record.is_equal
    assert binary.fills_that_differ >= 1
    assert binary.largest_gap > 1.0
    assert record.variants["buy_and_hold"].is_equal


def test_forecasts_that_differ_are_counted_and_missing_ones_do(comparison_of):
    forecasts = both([0.01, 0.02, 0.03], [0.01 + 9e-7, 0.015, None], late=[False, True, True])
    record = LiveRecord.of(comparison_of(), comparison_of(), forecasts)
    assert record.forecasts_that_differ == 2
    assert record.largest_forecast_gap == pytest.approx(0.005)
    assert record.late == 2
    record = LiveRecord.of(comparison_of(), comparison_of(), both([0.01] * 3, [0.01, 0.01 + 9e-7, 0.01 + 2e-6]))
    assert record.forecasts_that_differ == 1
